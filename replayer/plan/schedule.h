#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace shadowreel {

enum class Pacing : uint8_t {
  kRecorded,    // the recorded arrivals, divided by the speed
  kRate,        // a constant rate
  kClosedLoop,  // everything is due at once; what is in flight is the limit
};

struct ScheduleOptions {
  // Speeds and rates are kept as whole millionths.
  static constexpr double kLeast = 1e-6;
  static constexpr double kMost = 1e9;

  Pacing pacing = Pacing::kRecorded;
  double speed = 1;  // kRecorded: 2 is twice as fast; kLeast to kMost
  double rate = 0;   // kRate: requests a second; kLeast to kMost
  std::optional<Nanos> duration = std::nullopt;
};

// Intended send times as offsets from the run's start: a pure function in whole nanoseconds, so
// the k-th time does not depend on how the others were rounded, and nothing drifts. A value;
// thread-safe.
class Schedule {
 public:
  explicit Schedule(const ScheduleOptions& options);

  // Of the `ordinal`-th planned request (from 0), which arrived `arrival_offset` after the trace's
  // first record. Rounded down; a time too far away to count is Nanos::max().
  Nanos IntendedTime(uint64_t ordinal, Nanos arrival_offset) const;

  // Whether a request that is due at `intended` lies at or past the end of the run.
  bool PastEnd(Nanos intended) const { return duration_ && intended >= *duration_; }

 private:
  const Pacing pacing_;
  const int64_t speed_millionths_;
  const int64_t rate_millionths_;
  const std::optional<Nanos> duration_;
};

}  // namespace shadowreel
