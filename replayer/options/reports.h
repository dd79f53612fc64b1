#pragma once

#include <absl/status/status.h>

#include "replayer/replay.h"

namespace shadowreel {

// What is written for a pipeline: --junit and --markdown. A path that the environment names as
// GITHUB_STEP_SUMMARY is appended to.
absl::Status ReadReports(ReplayOptions* options);

}  // namespace shadowreel
