#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace shadowreel {

struct BreakerOptions {
  double errors_percent = 50;               // trips above it; 100: never
  Nanos latency{0};                         // trips when the median is above it; 0: never
  Nanos window = std::chrono::seconds(10);  // sliding
  uint64_t min_ended = 100;                 // fewer in the window prove nothing
};

// Watches what ended in a sliding window, to stop a replay that hurts its target. Errors are
// requests that failed, timed out or had no connection, and 5xx answers. A value on given times:
// pure. The window slides in tenths.
class Breaker {
 public:
  explicit Breaker(const BreakerOptions& options) : options_(options) {}

  // One request ended. `latency` is done - intended. Times never go back.
  void Add(SteadyTime now, bool error, Nanos latency);

  // Once true, it stays so.
  bool tripped() const { return !reason_.empty(); }

  // One line: what passed which bound; empty before.
  const std::string& reason() const { return reason_; }

 private:
  struct Slice {
    int64_t number = -1;
    uint64_t ended = 0;
    uint64_t errors = 0;
    uint64_t slow = 0;
  };
  void Judge(int64_t newest);

  const BreakerOptions options_;
  std::array<Slice, 10> slices_;
  std::string reason_;
};

}  // namespace shadowreel
