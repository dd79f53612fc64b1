#include "replayer/plan/schedule.h"

#include <gtest/gtest.h>

#include <random>

namespace shadowreel {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

Schedule Recorded(double speed) { return Schedule({.pacing = Pacing::kRecorded, .speed = speed}); }
Schedule Rate(double rate) { return Schedule({.pacing = Pacing::kRate, .rate = rate}); }

TEST(ScheduleTest, SpeedDividesTheRecordedOffset) {
  struct Row {
    double speed;
    Nanos offset;
    Nanos intended;
  };
  const Row rows[] = {
      {1, Nanos(0), Nanos(0)},
      {1, Nanos(123'456'789), Nanos(123'456'789)},
      {2, seconds(10), seconds(5)},
      {2, Nanos(3), Nanos(1)},
      {0.5, seconds(10), seconds(20)},
      {0.1, seconds(1), seconds(10)},
      {1000, hours(1), seconds(3) + milliseconds(600)},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Recorded(row.speed).IntendedTime(7, row.offset), row.intended)
        << row.speed << " " << row.offset.count();
  }
}

TEST(ScheduleTest, ARateNeedsNoRecordedTimesAndDoesNotDrift) {
  EXPECT_EQ(Rate(3).IntendedTime(0, hours(5)), Nanos(0));
  EXPECT_EQ(Rate(3).IntendedTime(1, hours(5)), Nanos(333'333'333));
  EXPECT_EQ(Rate(3).IntendedTime(2, Nanos(0)), Nanos(666'666'666));
  EXPECT_EQ(Rate(3).IntendedTime(3 * 3600, Nanos(0)), hours(1));
  EXPECT_EQ(Rate(3).IntendedTime(uint64_t{3} * 3600 * 24 * 365, Nanos(0)), hours(24 * 365));
  EXPECT_EQ(Rate(0.1).IntendedTime(6, Nanos(0)), seconds(60));
  EXPECT_EQ(Rate(33'333.3).IntendedTime(333'333, Nanos(0)), seconds(10));
}

TEST(ScheduleTest, AClosedLoopIsDueAtOnce) {
  const Schedule schedule({.pacing = Pacing::kClosedLoop});
  EXPECT_EQ(schedule.IntendedTime(1'000'000, hours(2)), Nanos(0));
}

TEST(ScheduleTest, WhatLiesAtOrPastTheDurationIsNoPartOfTheRun) {
  const Schedule schedule({.pacing = Pacing::kRecorded, .duration = seconds(10)});
  EXPECT_FALSE(schedule.PastEnd(seconds(10) - Nanos(1)));
  EXPECT_TRUE(schedule.PastEnd(seconds(10)));
  EXPECT_TRUE(schedule.PastEnd(seconds(11)));
  EXPECT_FALSE(Recorded(1).PastEnd(Nanos::max()));
}

TEST(ScheduleTest, WhatIsTooFarAwayToCountDoesNotWrap) {
  EXPECT_EQ(Recorded(1e-6).IntendedTime(0, Nanos::max()), Nanos::max());
  EXPECT_EQ(Rate(1e-6).IntendedTime(~uint64_t{0}, Nanos(0)), Nanos::max());
}

TEST(ScheduleTest, IntendedTimesNeverGoBackAndSpeedTwoHalvesThem) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const double speed = 0.25 + static_cast<double>(random() % 1000) / 100;
  const Schedule schedule = Recorded(speed);
  const Schedule twice = Recorded(2 * speed);
  const Schedule rate = Rate(speed * 1000);
  Nanos offset(0), last(0), last_by_rate(0);
  for (uint64_t k = 0; k < 10'000; ++k) {
    offset += Nanos(random() % 50'000'000);
    const Nanos intended = schedule.IntendedTime(k, offset);
    ASSERT_GE(intended, last);
    ASSERT_EQ(twice.IntendedTime(k, offset), intended / 2);
    ASSERT_GE(rate.IntendedTime(k, offset), last_by_rate);
    last = intended;
    last_by_rate = rate.IntendedTime(k, offset);
  }
}

}  // namespace
}  // namespace shadowreel
