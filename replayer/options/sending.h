#pragma once

#include <absl/status/status.h>

#include "replayer/replay.h"

namespace shadowreel {

// How to send: caps, time-outs, the transport. After ReadSchedule.
absl::Status ReadSending(ReplayOptions* options);

// What stops a run and what makes it invalid: --stop_file, --breaker_*, --max_send_lag,
// --max_denied.
absl::Status ReadBounds(ReplayOptions* options);

}  // namespace shadowreel
