#include "replayer/plan/schedule.h"

#include <cmath>
#include <limits>

#include "base/check.h"

namespace shadowreel {
namespace {

constexpr int64_t kMillion = 1'000'000;
constexpr int64_t kNanosInSecond = 1'000'000'000;

bool InRange(double value) {
  return value >= ScheduleOptions::kLeast && value <= ScheduleOptions::kMost;
}

Nanos Saturated(__int128 nanos) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return Nanos(nanos > kMost ? kMost : static_cast<int64_t>(nanos));
}

}  // namespace

Schedule::Schedule(const ScheduleOptions& options)
    : pacing_(options.pacing),
      speed_millionths_(std::llround(options.speed * kMillion)),
      rate_millionths_(std::llround(options.rate * kMillion)),
      duration_(options.duration) {
  CHECK(pacing_ != Pacing::kRecorded || InRange(options.speed));
  CHECK(pacing_ != Pacing::kRate || InRange(options.rate));
}

Nanos Schedule::IntendedTime(uint64_t ordinal, Nanos arrival_offset) const {
  switch (pacing_) {
    case Pacing::kRecorded:
      return Saturated(static_cast<__int128>(arrival_offset.count()) * kMillion /
                       speed_millionths_);
    case Pacing::kRate:
      return Saturated(static_cast<__int128>(ordinal) * kNanosInSecond * kMillion /
                       rate_millionths_);
    case Pacing::kClosedLoop:
      return Nanos(0);
  }
  CHECK(false);
}

}  // namespace shadowreel
