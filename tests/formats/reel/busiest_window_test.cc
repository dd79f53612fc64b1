#include "formats/reel/busiest_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace shadowreel {
namespace {

NextArrival Of(const std::vector<int64_t>& arrivals) {
  return [&arrivals, at = size_t{0}](WallTime* arrival) mutable -> absl::StatusOr<bool> {
    if (at == arrivals.size()) return false;
    *arrival = WallTime(Nanos(arrivals[at++]));
    return true;
  };
}

BusiestWindow Find(const std::vector<int64_t>& arrivals, int64_t length) {
  return *FindBusiestWindow(Nanos(length), Of(arrivals), Of(arrivals));
}

TEST(BusiestWindowTest, ItsEndIsOutsideAndTheFirstOfEqualOnesWins) {
  const BusiestWindow window = Find({0, 10, 15, 19, 20, 30, 31, 32, 33}, 10);
  EXPECT_EQ(window.begin, WallTime(Nanos(30)));
  EXPECT_EQ(window.records, 4u);
  EXPECT_EQ(Find({0, 9, 10, 20, 29}, 10).begin, WallTime(Nanos(0)));
  EXPECT_EQ(Find({5, 5, 5}, 1).records, 3u);
}

TEST(BusiestWindowTest, WithoutRecordsThereIsNone) { EXPECT_EQ(Find({}, 10).records, 0u); }

TEST(BusiestWindowTest, DistantArrivalsDoNotOverflow) {
  EXPECT_EQ(Find({INT64_MIN, INT64_MIN, INT64_MAX}, INT64_MAX).records, 2u);
}

TEST(BusiestWindowTest, ItIsWhatTryingAllFinds) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<int64_t> arrivals(random() % 60);
    for (int64_t& arrival : arrivals) arrival = static_cast<int64_t>(random() % 100);
    std::sort(arrivals.begin(), arrivals.end());
    const int64_t length = 1 + static_cast<int64_t>(random() % 40);
    uint64_t most = 0;
    int64_t begin = 0;
    for (const int64_t first : arrivals) {
      const auto inside = static_cast<uint64_t>(std::count_if(
          arrivals.begin(), arrivals.end(),
          [&](int64_t arrival) { return arrival >= first && arrival < first + length; }));
      if (inside > most) {
        most = inside;
        begin = first;
      }
    }
    const BusiestWindow window = Find(arrivals, length);
    ASSERT_EQ(window.records, most);
    ASSERT_EQ(window.begin.time_since_epoch().count(), begin);
  }
}

}  // namespace
}  // namespace shadowreel
