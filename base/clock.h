#pragma once

#include <chrono>
#include <cstdint>

namespace shadowreel {

using Nanos = std::chrono::nanoseconds;

// Recorded time (Unix time of a shadow request) and replay time (this machine's monotonic clock)
// are different types: mixing them does not compile.
struct WallClockTag {
  using rep = int64_t;
  using period = std::nano;
  using duration = Nanos;
  static constexpr bool is_steady = false;
};
struct SteadyClockTag {
  using rep = int64_t;
  using period = std::nano;
  using duration = Nanos;
  static constexpr bool is_steady = true;
};
using WallTime = std::chrono::time_point<WallClockTag, Nanos>;      // since the Unix epoch
using SteadyTime = std::chrono::time_point<SteadyClockTag, Nanos>;  // CLOCK_MONOTONIC

// Where time comes from. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime WallNow() const = 0;
  virtual SteadyTime SteadyNow() const = 0;
};

// The system's clocks.
class SystemClock final : public Clock {
 public:
  WallTime WallNow() const override;
  SteadyTime SteadyNow() const override;
};

}  // namespace shadowreel
