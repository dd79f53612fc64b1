#include "formats/reel/size_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace shadowreel {
namespace {

TEST(SizeHistogramTest, NothingIsZero) {
  EXPECT_EQ(SizeHistogram().Percentile(50), 0u);
  EXPECT_EQ(SizeHistogram().max(), 0u);
}

TEST(SizeHistogramTest, SmallSizesAreExact) {
  SizeHistogram sizes;
  for (uint64_t bytes = 1; bytes <= 200; ++bytes) sizes.Add(bytes);
  EXPECT_EQ(sizes.Percentile(50), 100u);
  EXPECT_EQ(sizes.Percentile(99), 198u);
  EXPECT_EQ(sizes.Percentile(100), 200u);
}

TEST(SizeHistogramTest, LargeSizesAreWithinABucket) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  SizeHistogram sizes;
  std::vector<uint64_t> all;
  for (int i = 0; i < 1000; ++i) {
    all.push_back(random() >> (random() % 64));
    sizes.Add(all.back());
  }
  std::sort(all.begin(), all.end());
  for (const double percent : {1.0, 50.0, 90.0, 99.0, 100.0}) {
    const uint64_t exact = all[static_cast<size_t>(std::ceil(percent * 10)) - 1];
    EXPECT_GE(sizes.Percentile(percent), exact);
    EXPECT_LE(sizes.Percentile(percent) - exact, exact / 128);
  }
  EXPECT_EQ(sizes.max(), all.back());
  sizes.Add(UINT64_MAX);
  EXPECT_EQ(sizes.Percentile(100), UINT64_MAX);
}

}  // namespace
}  // namespace shadowreel
