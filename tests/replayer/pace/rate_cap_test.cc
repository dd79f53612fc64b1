#include "replayer/pace/rate_cap.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

SteadyTime At(int64_t millis) { return SteadyTime(std::chrono::milliseconds(millis)); }

TEST(RateCap, AdmitsAsManyAsTheRateInAnySecond) {
  RateCap cap(3);
  EXPECT_TRUE(cap.Admit(At(0)));
  EXPECT_TRUE(cap.Admit(At(900)));
  EXPECT_TRUE(cap.Admit(At(950)));
  EXPECT_FALSE(cap.Admit(At(999)));
  EXPECT_TRUE(cap.Admit(At(1000)));
  EXPECT_FALSE(cap.Admit(At(1001)));
  EXPECT_FALSE(cap.Admit(At(1899)));
  EXPECT_TRUE(cap.Admit(At(1900)));
}

TEST(RateCap, ASteadyRateAtTheCapPasses) {
  RateCap cap(1000);
  for (int64_t millis = 0; millis < 10'000; ++millis) EXPECT_TRUE(cap.Admit(At(millis))) << millis;
}

TEST(RateCap, WhatWasRefusedDoesNotCount) {
  RateCap cap(1);
  EXPECT_TRUE(cap.Admit(At(0)));
  for (int64_t millis = 1; millis < 1000; ++millis) EXPECT_FALSE(cap.Admit(At(millis)));
  EXPECT_TRUE(cap.Admit(At(1000)));
}

}  // namespace
}  // namespace shadowreel
