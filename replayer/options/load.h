#pragma once

#include <absl/status/status.h>

#include "replayer/replay.h"

namespace shadowreel {

// When to send: --speed, --rate, --duration.
absl::Status ReadSchedule(ReplayOptions* options);

// Which records: --method, --host, --path, --header, --percent, --seed, --sample_key.
absl::Status ReadSelection(PlannerOptions* planner);

}  // namespace shadowreel
