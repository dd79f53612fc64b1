#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"

namespace shadowreel {

// `reel diff A B`: compares two recordings, ignoring order, times, connections, peers and record
// numbers; prints a summary by kind of difference and the first examples. kFailed when they
// differ.
absl::StatusOr<ExitCode> Diff(FileSystem& files, const std::string& path_a,
                              const std::string& path_b, Output& output, Notices& notices);

}  // namespace shadowreel
