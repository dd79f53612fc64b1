#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"
#include "formats/segment/recovery_report.h"

namespace shadowreel {

enum class CatFormat {
  kText,
  kJsonLines,
  kCurl,  // commands for a human to try; what they cannot hold is listed on the notices
};

// "text", "jsonl", "curl".
absl::StatusOr<CatFormat> ParseCatFormat(const std::string& text);

struct CatOptions {
  std::vector<std::string> paths;
  CatFormat format = CatFormat::kText;
  uint64_t first = 0;  // records to print; 0: all
  RecoveryMode recovery = RecoveryMode::kStrict;
};

// `reel cat`: prints the records of a trace in order of arrival. Ends quietly when the reader of
// `output` leaves.
absl::StatusOr<ExitCode> Cat(FileSystem& files, const CatOptions& options, Output& output,
                             Notices& notices);

}  // namespace shadowreel
