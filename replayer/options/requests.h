#pragma once

#include <absl/status/status.h>

#include "replayer/replay.h"

namespace shadowreel {

// What is made of a record: --authority, --strip, --side_effects, --marker, --drop_conditional.
// After ReadTarget.
absl::Status ReadRequests(ReplayOptions* options);

}  // namespace shadowreel
