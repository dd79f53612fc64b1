#include "formats/reel/rate_series.h"

#include <gtest/gtest.h>

#include <numeric>

namespace shadowreel {
namespace {

WallTime Second(double seconds) { return WallTime(Nanos(static_cast<int64_t>(seconds * 1e9))); }

TEST(RateSeriesTest, PeriodsAreSecondsFromAWholeOne) {
  RateSeries series;
  for (const double at : {10.9, 11.0, 11.5, 13.0}) series.Add(Second(at));
  EXPECT_EQ(series.begin(), Second(10));
  EXPECT_EQ(series.period(), std::chrono::seconds(1));
  EXPECT_EQ(series.records(), (std::vector<uint64_t>{1, 2, 0, 1}));
}

TEST(RateSeriesTest, PeriodsDoubleAndNothingIsLost) {
  RateSeries series;
  for (int i = 0; i < 1000; ++i) series.Add(Second(i));
  EXPECT_EQ(series.period(), std::chrono::seconds(16));
  EXPECT_EQ(series.records().size(), 63u);
  EXPECT_EQ(series.records().front(), 16u);
  EXPECT_EQ(std::accumulate(series.records().begin(), series.records().end(), uint64_t{0}), 1000u);
}

TEST(RateSeriesTest, TheWidestSpanFits) {
  RateSeries series;
  series.Add(WallTime(Nanos(INT64_MIN / 2)));
  series.Add(WallTime::max());
  EXPECT_LE(series.records().size(), RateSeries::kPeriods);
  EXPECT_GT(series.period(), Nanos(0));
  EXPECT_EQ(series.records().front() + series.records().back(), 2u);
}

TEST(SparklineTest, HeightsAreSharesOfTheMost) {
  EXPECT_EQ(Sparkline({0, 1, 4, 8}, true), " \u2582\u2585\u2588");
  EXPECT_EQ(Sparkline({0, 1, 4, 8}, false), " :+@");
  EXPECT_EQ(Sparkline({1, 1000}, false), ".@");
  EXPECT_EQ(Sparkline({}, true), "");
}

}  // namespace
}  // namespace shadowreel
