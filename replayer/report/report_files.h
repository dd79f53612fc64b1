#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "base/file_system.h"

namespace shadowreel {

// Where a run's reports for a pipeline go.
struct ReportFiles {
  std::string junit;     // empty: none
  std::string markdown;  // empty: none
  // Add to what stands in `markdown`, as steps share GitHub's $GITHUB_STEP_SUMMARY; else a file is
  // replaced whole.
  bool append_markdown = false;
  // The run's own directory when one of them stands in it; created when missing.
  std::string directory{};
};

// Whether both can be written, found out by trying, so that no run is lost to a wrong path. Creates
// their directory. What stands in them stays. An error names the flag.
absl::Status CheckReportFiles(const ReportFiles& reports, FileSystem& files);

// Writes those that are asked for; each whole or, but for an append, not at all. Writes the second
// whatever comes of the first, and returns the first error, which names the flag.
absl::Status WriteReportFiles(const ReportFiles& reports, std::string_view junit,
                              std::string_view markdown, FileSystem& files);

}  // namespace shadowreel
