#pragma once

#include <absl/status/status.h>

#include "replayer/replay.h"

namespace shadowreel {

// What counts as one endpoint, and what a run must hold: --endpoint, --fold_paths, --threshold.
absl::Status ReadThresholds(ReplayOptions* options);

}  // namespace shadowreel
