#include "formats/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace shadowreel {
namespace {

constexpr Uuid kRecording = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr uint64_t kNumbers = 100'000;

uint64_t Kept(const Sampler& sampler) {
  uint64_t kept = 0;
  for (uint64_t number = 1; number <= kNumbers; ++number) {
    kept += sampler.Keeps(kRecording, number) ? 1 : 0;
  }
  return kept;
}

TEST(SamplerTest, ZeroKeepsNothingAndAHundredEverything) {
  EXPECT_EQ(Kept(Sampler(0, 7)), 0u);
  EXPECT_EQ(Kept(Sampler(100, 7)), kNumbers);
}

TEST(SamplerTest, KeepsTheAskedFractionWithinBinomialBounds) {
  for (const double percent : {0.1, 1.0, 5.0, 33.3, 50.0, 99.5}) {
    const double p = percent / 100;
    const double expected = kNumbers * p;
    const double bound = 4.9 * std::sqrt(expected * (1 - p));  // one in a million
    EXPECT_NEAR(static_cast<double>(Kept(Sampler(percent, 7))), expected, bound) << percent;
  }
}

TEST(SamplerTest, WhatFivePercentKeepsIsWithinWhatTenPercentKeeps) {
  const Sampler five(5, 7);
  const Sampler ten(10, 7);
  for (uint64_t number = 1; number <= kNumbers; ++number) {
    if (five.Keeps(kRecording, number)) {
      ASSERT_TRUE(ten.Keeps(kRecording, number)) << number;
    }
  }
}

TEST(SamplerTest, AnotherSeedMakesAnotherChoice) {
  const Sampler one(50, 1);
  const Sampler two(50, 2);
  uint64_t differing = 0;
  for (uint64_t number = 1; number <= kNumbers; ++number) {
    differing += one.Keeps(kRecording, number) != two.Keeps(kRecording, number) ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(differing), kNumbers / 2.0, 800);
}

// The choice is part of what a recording and a seed mean: it must never change.
TEST(SamplerTest, TheChoiceIsTheSameForEver) {
  std::string choice;
  for (uint64_t number = 1; number <= 32; ++number) {
    choice += Sampler(50, 42).Keeps(kRecording, number) ? '1' : '0';
  }
  EXPECT_EQ(choice, "01101111110001111101111100011001");
  EXPECT_FALSE(Sampler(50, 42).Keeps("session-a"));
}

TEST(SamplerTest, AKeptRequestStandsForOneOverP) {
  EXPECT_DOUBLE_EQ(Sampler(25, 0).weight(), 4);
  EXPECT_DOUBLE_EQ(Sampler(0, 0).weight(), 0);
}

}  // namespace
}  // namespace shadowreel
