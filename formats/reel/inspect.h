#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"
#include "formats/segment/recovery_report.h"

namespace shadowreel {

struct InspectOptions {
  std::vector<std::string> paths;
  bool json = false;
  bool unicode = false;  // the table may draw with more than ASCII
  RecoveryMode recovery = RecoveryMode::kStrict;
};

// `reel inspect`: one pass over the trace, then what it holds.
absl::StatusOr<ExitCode> Inspect(FileSystem& files, const InspectOptions& options, Output& output,
                                 Notices& notices);

}  // namespace shadowreel
