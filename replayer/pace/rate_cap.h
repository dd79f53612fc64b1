#pragma once

#include <cstdint>
#include <deque>

#include "base/clock.h"

namespace shadowreel {

// Allows at most `max_rate` releases in any second, counted exactly. A value on given times: pure.
// Holds 8 bytes for each release of the last second.
class RateCap {
 public:
  // `max_rate` is at least 1.
  explicit RateCap(uint64_t max_rate);

  // Whether one more release may be made now; counts it when so. Times never go back.
  bool Admit(SteadyTime now);

 private:
  const uint64_t max_rate_;
  std::deque<SteadyTime> last_second_;
};

}  // namespace shadowreel
