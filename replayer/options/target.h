#pragma once

#include <absl/status/status.h>

#include "base/file_system.h"
#include "replayer/replay.h"

namespace shadowreel {

// What to replay, where, and what may be sent to: --recording, --target, --allow_target,
// --allow_host_routing, --ca_file, --out.
absl::Status ReadTarget(ReplayOptions* options);

// --subset by --subsets. After ReadTarget.
absl::Status ReadSubset(FileSystem& files, ReplayOptions* options);

}  // namespace shadowreel
