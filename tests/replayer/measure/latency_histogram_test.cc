#include "replayer/measure/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace shadowreel {
namespace {

constexpr double kWidth = 1.0 / 256;

LatencyHistogram Of(const std::vector<int64_t>& nanos) {
  LatencyHistogram histogram;
  for (const int64_t value : nanos) histogram.Record(Nanos(value));
  return histogram;
}

// The smallest value that at least q of the sorted values do not exceed.
int64_t ExactQuantile(const std::vector<int64_t>& sorted, size_t thousandths) {
  const size_t rank = std::max<size_t>(1, (sorted.size() * thousandths + 999) / 1000);
  return sorted[rank - 1];
}

// Spread evenly over the powers of two from 1 ns to an hour.
std::vector<int64_t> SpreadValues(uint64_t seed, size_t count) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(0, std::log2(3600e9));
  std::vector<int64_t> values(count);
  for (int64_t& value : values) value = static_cast<int64_t>(std::exp2(exponent(random)));
  return values;
}

TEST(LatencyHistogramTest, QuantilesAreWithinABucketsWidthOfTheExactOnes) {
  const uint64_t seed = std::random_device{}();
  for (const size_t count : {1, 2, 3, 10, 999, 1000, 20'000}) {
    SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << count << " values");
    std::vector<int64_t> values = SpreadValues(seed, count);
    const LatencyHistogram histogram = Of(values);
    std::sort(values.begin(), values.end());
    for (const size_t thousandths : {0, 1, 10, 250, 500, 900, 990, 999, 1000}) {
      const auto exact = static_cast<double>(ExactQuantile(values, thousandths));
      const auto ours =
          static_cast<double>(histogram.Quantile(static_cast<double>(thousandths) / 1000).count());
      EXPECT_GE(ours, exact) << thousandths;
      EXPECT_LE(ours, exact * (1 + kWidth)) << thousandths;
    }
    EXPECT_EQ(histogram.max().count(), values.back());
    EXPECT_EQ(histogram.min().count(), values.front());
    EXPECT_EQ(histogram.count(), count);
  }
}

TEST(LatencyHistogramTest, NothingRecordedIsZeroEverywhere) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.Quantile(0.5), Nanos(0));
  EXPECT_EQ(histogram.Quantile(1), Nanos(0));
  EXPECT_EQ(histogram.min(), Nanos(0));
  EXPECT_EQ(histogram.max(), Nanos(0));
  EXPECT_EQ(histogram.mean(), Nanos(0));
}

TEST(LatencyHistogramTest, OneValueIsEveryQuantileExactly) {
  const LatencyHistogram histogram = Of({123'456'789});
  for (const double q : {0.0, 0.5, 0.99, 1.0}) {
    EXPECT_EQ(histogram.Quantile(q), Nanos(123'456'789)) << q;
  }
}

TEST(LatencyHistogramTest, UnderFiveHundredAndTwelveNanosecondsEveryValueIsExact) {
  std::vector<int64_t> values;
  for (int64_t value = 0; value < 512; ++value) values.push_back(value);
  const LatencyHistogram histogram = Of(values);
  for (size_t rank = 1; rank <= values.size(); ++rank) {
    const double q = static_cast<double>(rank) / static_cast<double>(values.size());
    EXPECT_EQ(histogram.Quantile(q), Nanos(values[rank - 1]));
  }
}

TEST(LatencyHistogramTest, BucketsMeetWithoutGapAtPowersOfTwo) {
  for (int power = 9; power < 42; ++power) {
    const int64_t value = int64_t{1} << power;
    const LatencyHistogram histogram = Of({value - 1, value, int64_t{1} << 41});
    EXPECT_EQ(histogram.Quantile(0.3), Nanos(value - 1)) << power;
    EXPECT_GE(histogram.Quantile(0.6), Nanos(value)) << power;
    EXPECT_LE(histogram.Quantile(0.6), Nanos(value + value / 256)) << power;
  }
}

TEST(LatencyHistogramTest, TheNinetyNinthOfAHundredIsNotTheHundredth) {
  std::vector<int64_t> values(99, 100);
  values.push_back(400);
  EXPECT_EQ(Of(values).Quantile(0.99), Nanos(100));
  EXPECT_EQ(Of(values).Quantile(0.991), Nanos(400));
}

TEST(LatencyHistogramTest, NegativeCountsAsZero) {
  const LatencyHistogram histogram = Of({-5, -1});
  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.Quantile(1), Nanos(0));
  EXPECT_EQ(histogram.mean(), Nanos(0));
}

TEST(LatencyHistogramTest, LongerThanTheLongestKeepsItsExactMaximum) {
  const LatencyHistogram histogram = Of({7, Nanos(std::chrono::hours(30)).count()});
  EXPECT_EQ(histogram.Quantile(0.5), Nanos(7));
  EXPECT_EQ(histogram.Quantile(1), Nanos(std::chrono::hours(30)));
}

TEST(LatencyHistogramTest, MergedIsAsRecordedTogether) {
  const std::vector<int64_t> first = SpreadValues(1, 500);
  const std::vector<int64_t> second = SpreadValues(2, 300);
  std::vector<int64_t> all = first;
  all.insert(all.end(), second.begin(), second.end());
  LatencyHistogram merged = Of(first);
  merged.Merge(Of(second));
  merged.Merge(LatencyHistogram());
  const LatencyHistogram together = Of(all);
  for (const double q : {0.0, 0.1, 0.5, 0.9, 0.99, 1.0}) {
    EXPECT_EQ(merged.Quantile(q), together.Quantile(q)) << q;
  }
  EXPECT_EQ(merged.count(), 800u);
  EXPECT_EQ(merged.min(), together.min());
  EXPECT_EQ(merged.max(), together.max());
  EXPECT_NEAR(static_cast<double>(merged.mean().count()),
              static_cast<double>(together.mean().count()), 1);
}

TEST(LatencyHistogramTest, MeanIsOfTheExactValues) {
  EXPECT_EQ(Of({1'000'001, 2'000'003, 3'000'002}).mean(), Nanos(2'000'002));
}

TEST(LatencyHistogramTest, TheTrueQuantileLiesBetweenItsFloorAndItself) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.QuantileFloor(0.5), Nanos(0));
  std::vector<Nanos> times;
  for (int i = 1; i <= 1000; ++i) {
    times.push_back(Nanos(int64_t{i} * i * i));
    histogram.Record(times.back());
  }
  for (const double q : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const Nanos exact = times[static_cast<size_t>(std::ceil(q * 1000 - 1e-9)) - 1];
    EXPECT_LE(histogram.QuantileFloor(q), exact) << q;
    EXPECT_GE(histogram.Quantile(q), exact) << q;
    EXPECT_LE((histogram.Quantile(q) - histogram.QuantileFloor(q)) * 250, exact) << q;
  }
  LatencyHistogram one;
  one.Record(Nanos(1'000'003));
  EXPECT_EQ(one.QuantileFloor(0.5), Nanos(1'000'003));
  EXPECT_EQ(one.Quantile(0.5), Nanos(1'000'003));
  one.Record(std::chrono::hours(10));
  EXPECT_LE(one.QuantileFloor(1), LatencyHistogram::kLongest);
  EXPECT_EQ(one.Quantile(1), std::chrono::hours(10));
}

}  // namespace
}  // namespace shadowreel
