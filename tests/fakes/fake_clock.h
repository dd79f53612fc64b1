#pragma once

#include "base/clock.h"

namespace shadowreel {

// Time that moves only when a test says so. One thread.
class FakeClock final : public Clock {
 public:
  WallTime WallNow() const override { return wall_; }
  SteadyTime SteadyNow() const override { return steady_; }

  void Advance(Nanos by) {
    wall_ += by;
    steady_ += by;
  }
  void AdvanceTo(SteadyTime time) {
    if (time > steady_) Advance(time - steady_);
  }

 private:
  WallTime wall_{std::chrono::seconds(1'700'000'000)};
  SteadyTime steady_{std::chrono::seconds(1000)};
};

}  // namespace shadowreel
