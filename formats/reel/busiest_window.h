#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>

#include "base/clock.h"

namespace shadowreel {

struct BusiestWindow {
  WallTime begin;  // a record's arrival
  uint64_t records = 0;
};

// Gives the next arrival, in order; false at the end.
using NextArrival = std::function<absl::StatusOr<bool>(WallTime* arrival)>;

// The window of `length` (over 0) in which the most records arrive, exactly; of equal ones the
// first; without records when there are none. Reads the same arrivals twice, side by side, so that
// no arrival need be kept.
absl::StatusOr<BusiestWindow> FindBusiestWindow(Nanos length, const NextArrival& next_first,
                                                const NextArrival& next_beyond);

}  // namespace shadowreel
