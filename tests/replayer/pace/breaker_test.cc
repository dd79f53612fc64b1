#include "replayer/pace/breaker.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

SteadyTime At(int64_t millis) { return SteadyTime(std::chrono::milliseconds(millis)); }

void AddMany(Breaker* breaker, int64_t millis, int count, bool error, Nanos latency = Nanos(0)) {
  for (int i = 0; i < count; ++i) breaker->Add(At(millis), error, latency);
}

TEST(Breaker, TripsAboveTheShareOfErrorsAndNotAtIt) {
  Breaker breaker({.errors_percent = 50});
  AddMany(&breaker, 0, 100, false);
  AddMany(&breaker, 0, 100, true);
  EXPECT_FALSE(breaker.tripped());
  AddMany(&breaker, 0, 1, true);
  EXPECT_TRUE(breaker.tripped());
  EXPECT_EQ(breaker.reason(),
            "50.2 % of the last 201 requests failed or were answered 5xx; the bound is 50 %");
}

TEST(Breaker, FewRequestsProveNothing) {
  Breaker breaker({.errors_percent = 50, .min_ended = 100});
  AddMany(&breaker, 0, 99, true);
  EXPECT_FALSE(breaker.tripped());
  AddMany(&breaker, 0, 1, true);
  EXPECT_TRUE(breaker.tripped());
}

TEST(Breaker, ForgetsWhatLiesBehindTheWindow) {
  Breaker breaker({.errors_percent = 50, .window = std::chrono::seconds(10)});
  AddMany(&breaker, 0, 99, true);
  AddMany(&breaker, 10'000, 99, true);
  EXPECT_FALSE(breaker.tripped());
  AddMany(&breaker, 19'000, 1, true);
  EXPECT_TRUE(breaker.tripped());
}

TEST(Breaker, GoodTimesBeforeDoNotHideBadOnes) {
  Breaker breaker({.errors_percent = 50, .window = std::chrono::seconds(10)});
  AddMany(&breaker, 0, 100'000, false);
  AddMany(&breaker, 20'000, 100, true);
  EXPECT_TRUE(breaker.tripped());
}

TEST(Breaker, AHundredPercentNeverTrips) {
  Breaker breaker({.errors_percent = 100});
  AddMany(&breaker, 0, 1000, true);
  EXPECT_FALSE(breaker.tripped());
}

TEST(Breaker, ZeroPercentTripsAtOneErrorAmongEnough) {
  Breaker breaker({.errors_percent = 0});
  AddMany(&breaker, 0, 99, false);
  AddMany(&breaker, 0, 1, true);
  EXPECT_TRUE(breaker.tripped());
}

TEST(Breaker, TripsWhenTheMedianLatencyIsAboveItsBound) {
  const Nanos slow = std::chrono::milliseconds(21);
  const Nanos bound = std::chrono::milliseconds(20);
  Breaker breaker({.latency = bound});
  AddMany(&breaker, 0, 100, false, bound);
  AddMany(&breaker, 0, 100, false, slow);
  EXPECT_FALSE(breaker.tripped());
  AddMany(&breaker, 0, 1, false, slow);
  EXPECT_EQ(breaker.reason(), "the median latency of the last 201 requests is above 20.00 ms");
}

TEST(Breaker, StaysTripped) {
  Breaker breaker({});
  AddMany(&breaker, 0, 100, true);
  const std::string reason = breaker.reason();
  AddMany(&breaker, 60'000, 100'000, false);
  EXPECT_TRUE(breaker.tripped());
  EXPECT_EQ(breaker.reason(), reason);
}

}  // namespace
}  // namespace shadowreel
