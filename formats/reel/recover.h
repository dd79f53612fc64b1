#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"

namespace shadowreel {

struct RecoverVerbOptions {
  std::vector<std::string> paths;  // directories, or segments, sealed or not
  bool json = false;
};

// `reel recover`: recovers in place every unsealed or damaged segment (formats/segment/recovery.h)
// and says of each what was lost. Reads every byte. kPass when nothing was lost but torn tails,
// kFailed when records in the middle were, kUnusable when nothing of some file can be read: it
// stays as it is. Refuses a directory that a recorder is writing in.
absl::StatusOr<ExitCode> Recover(FileSystem& files, const Clock& clock,
                                 const RecoverVerbOptions& options, Output& output,
                                 Notices& notices);

}  // namespace shadowreel
