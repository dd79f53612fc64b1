#pragma once

#include <absl/status/status.h>

#include "base/file_system.h"
#include "replayer/replay.h"

namespace shadowreel {

// --manifests with what is taken from them: --subset's endpoints, --route_rewrites. Notes go to
// stderr. After ReadTarget and ReadSubset.
absl::Status ReadManifests(FileSystem& files, ReplayOptions* options);

}  // namespace shadowreel
