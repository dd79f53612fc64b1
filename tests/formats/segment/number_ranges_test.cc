#include "formats/segment/number_ranges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace shadowreel {
namespace {

using Added = NumberRanges::Added;

TEST(NumberRangesTest, ConsecutiveNumbersAreOneRange) {
  NumberRanges ranges(10);
  for (uint64_t number : {5, 7, 6, 4, 8}) EXPECT_EQ(ranges.Add(number), Added::kNew);
  EXPECT_EQ(ranges.ranges(), 1u);
  for (uint64_t number : {4, 5, 6, 7, 8}) EXPECT_EQ(ranges.Add(number), Added::kDuplicate);
}

TEST(NumberRangesTest, TheEndsOfTheNumbersAreNumbers) {
  NumberRanges ranges(10);
  for (uint64_t number : {uint64_t{0}, UINT64_MAX, UINT64_MAX - 1, uint64_t{1}}) {
    EXPECT_EQ(ranges.Add(number), Added::kNew);
  }
  EXPECT_EQ(ranges.ranges(), 2u);
  EXPECT_EQ(ranges.Add(UINT64_MAX), Added::kDuplicate);
  EXPECT_EQ(ranges.Add(0), Added::kDuplicate);
}

TEST(NumberRangesTest, ScatteredNumbersFillIt) {
  NumberRanges ranges(2);
  EXPECT_EQ(ranges.Add(10), Added::kNew);
  EXPECT_EQ(ranges.Add(20), Added::kNew);
  EXPECT_EQ(ranges.Add(30), Added::kFull);
  EXPECT_EQ(ranges.Add(21), Added::kNew);
}

TEST(NumberRangesTest, ItKnowsWhatASetKnows) {
  std::mt19937 random(7);
  NumberRanges ranges(1000);
  std::set<uint64_t> set;
  for (int i = 0; i < 2000; ++i) {
    const uint64_t number = random() % 500;
    ASSERT_EQ(ranges.Contains(number), set.count(number) == 1) << number;
    EXPECT_EQ(ranges.Add(number) == Added::kNew, set.insert(number).second) << number;
  }
}

TEST(NumberRangesTest, WhatIsMissingIsListedAndCounted) {
  NumberRanges ranges(10);
  for (uint64_t number : {12, 14, 13, 5, 17}) ranges.Add(number);
  EXPECT_EQ(ranges.Ranges(), (std::vector<NumberRange>{{5, 5}, {12, 14}, {17, 17}}));
  std::vector<NumberRange> missing;
  EXPECT_EQ(ranges.Missing(13, 20, &missing), 4u);
  EXPECT_EQ(missing, (std::vector<NumberRange>{{15, 16}, {18, 19}}));
  missing.clear();
  EXPECT_EQ(ranges.Missing(1, 13, &missing), 10u);
  EXPECT_EQ(missing, (std::vector<NumberRange>{{1, 4}, {6, 11}}));
  EXPECT_EQ(ranges.Missing(12, 12, &missing), 0u);
}

TEST(NumberRangesTest, TheLastNumberIsNotMissing) {
  NumberRanges ranges(10);
  ranges.Add(UINT64_MAX);
  std::vector<NumberRange> missing;
  EXPECT_EQ(ranges.Missing(UINT64_MAX - 2, UINT64_MAX, &missing), 2u);
}

}  // namespace
}  // namespace shadowreel
