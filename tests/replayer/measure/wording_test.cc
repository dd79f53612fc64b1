#include "replayer/measure/wording.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(WordingTest, CountsHaveSeparatorsAtThousands) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1000), "1,000");
  EXPECT_EQ(FormatCount(123456), "123,456");
  EXPECT_EQ(FormatCount(1234567), "1,234,567");
}

TEST(WordingTest, ALittleIsNotNothingAndNearlyAllIsNotAll) {
  EXPECT_EQ(FormatShare(0), "0.0 %");
  EXPECT_EQ(FormatShare(0.0001), "<0.1 %");
  EXPECT_EQ(FormatShare(0.4982), "49.8 %");
  EXPECT_EQ(FormatShare(0.99999), ">99.9 %");
  EXPECT_EQ(FormatShare(1), "100.0 %");
}

TEST(WordingTest, RatesKeepOneDigit) {
  EXPECT_EQ(FormatRate(1234.56), "1,234.6/s");
  EXPECT_EQ(FormatRate(0.96), "1.0/s");
}

TEST(WordingTest, TheCommonestTextsComeFirst) {
  const CountsByText counts = {{"a", 1}, {"b", 3000}, {"c", 2}, {"d", 1}};
  EXPECT_EQ(FormatCounts(counts, 2), "b 3,000, c 2 and 2 more");
  EXPECT_EQ(FormatCounts(counts, 4), "b 3,000, c 2, a 1, d 1");
  EXPECT_EQ(FormatCounts({}, 4), "");
}

}  // namespace
}  // namespace shadowreel
