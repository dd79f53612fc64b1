#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"
#include "formats/segment/recovery_report.h"

namespace shadowreel {

struct MergeOptions {
  std::vector<std::string> paths;
  std::string out;  // the new recording's directory
  RecoveryMode recovery = RecoveryMode::kStrict;
};

// `reel merge`: writes several recordings, by arrival, as one. A record that is there twice is an
// error.
absl::StatusOr<ExitCode> Merge(FileSystem& files, const Clock& clock, const MergeOptions& options,
                               Output& output, Notices& notices);

}  // namespace shadowreel
