#pragma once

#include <absl/status/status.h>

#include <vector>

#include "replayer/measure/summary.h"
#include "scenarios/terms/threshold.h"

namespace shadowreel {

// A replay that did not take place, as reports show it: nothing was sent.
struct NoRun {
  RunFacts run;  // as far as the flags tell
  std::vector<Threshold> thresholds;
  absl::Status why;  // not OK
};

}  // namespace shadowreel
