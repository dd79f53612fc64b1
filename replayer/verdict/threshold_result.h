#pragma once

#include <string>

#include "scenarios/terms/threshold.h"

namespace shadowreel {

// How one threshold came out.
struct ThresholdResult {
  Threshold threshold;
  bool passed = false;
  bool measured = true;  // false: nothing that it looks at took place; then it has not passed
  bool aborted = false;  // it ended the run
  double value = 0;      // in the threshold's unit, when measured
  std::string observed;  // "231.00 ms", "0.4 % (12 of 3,000)", "nothing was measured"
};

}  // namespace shadowreel
