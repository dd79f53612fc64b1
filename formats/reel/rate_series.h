#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace shadowreel {

// How many records arrived over time, in a fixed number of equal periods: when the time outgrows
// them, the periods double. Not thread-safe.
class RateSeries {
 public:
  static constexpr size_t kPeriods = 64;

  // In order of arrival.
  void Add(WallTime arrival);

  // Where the first period begins, a whole UTC second, and how long each is: a second, doubled as
  // often as it took. Nothing holds the epoch.
  WallTime begin() const { return begin_; }
  Nanos period() const { return Nanos(static_cast<int64_t>(period_nanos_)); }
  // Records of each period, up to the last that has any.
  const std::vector<uint64_t>& records() const { return records_; }

 private:
  void Double();

  WallTime begin_;
  uint64_t period_nanos_ = 1'000'000'000;
  std::vector<uint64_t> records_;
};

// One character a value, by height: blocks of Unicode (U+2581 to U+2588), or of ASCII; a space for
// none.
std::string Sparkline(const std::vector<uint64_t>& values, bool unicode);

}  // namespace shadowreel
