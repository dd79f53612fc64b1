#pragma once

#include <cstdint>

#include "base/check.h"
#include "base/clock.h"

namespace shadowreel {

// Arrivals for formats that hold no times: evenly spaced from a start, over all files of an
// import. Not thread-safe.
class ArrivalSequence {
 public:
  // `rate`: a second; greater than 0 and at most kMaxRate.
  static constexpr double kMaxRate = 1e6;
  ArrivalSequence(WallTime start, double rate) : start_(start), rate_(rate) {
    CHECK(rate > 0 && rate <= kMaxRate);
  }

  WallTime Next() {
    const double seconds = static_cast<double>(index_++) / rate_;
    return start_ + std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds));
  }

 private:
  const WallTime start_;
  const double rate_;
  uint64_t index_ = 0;
};

}  // namespace shadowreel
