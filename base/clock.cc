#include "base/clock.h"

#include <ctime>

namespace shadowreel {
namespace {

Nanos Read(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::chrono::seconds(now.tv_sec) + Nanos(now.tv_nsec);
}

}  // namespace

WallTime SystemClock::WallNow() const { return WallTime(Read(CLOCK_REALTIME)); }
SteadyTime SystemClock::SteadyNow() const { return SteadyTime(Read(CLOCK_MONOTONIC)); }

}  // namespace shadowreel
