#include "formats/reel/bounded_counter.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

using Counts = std::vector<BoundedCounter::Count>;

TEST(BoundedCounterTest, MostComeFirstThenByName) {
  BoundedCounter counter(10);
  for (const char* name : {"b", "a", "c", "c"}) counter.Add(name);
  const BoundedCounter::Summary summary = counter.Top(2);
  EXPECT_EQ(summary.top, (Counts{{"c", 2}, {"a", 1}}));
  EXPECT_EQ(summary.distinct, 3u);
  EXPECT_FALSE(summary.more_than_distinct);
  EXPECT_EQ(summary.other_records, 1u);
}

TEST(BoundedCounterTest, NamesPastTheLimitAreCountedTogether) {
  BoundedCounter counter(2);
  for (const char* name : {"a", "b", "c", "d", "a"}) counter.Add(name);
  const BoundedCounter::Summary summary = counter.Top(10);
  EXPECT_EQ(summary.top, (Counts{{"a", 2}, {"b", 1}}));
  EXPECT_TRUE(summary.more_than_distinct);
  EXPECT_EQ(summary.other_records, 2u);
}

TEST(BoundedCounterTest, LongNamesAreCut) {
  BoundedCounter counter(2);
  counter.Add(std::string(100'000, 'x'));
  EXPECT_EQ(counter.Top(1).top[0].name, std::string(BoundedCounter::kMaxName, 'x') + "...");
}

}  // namespace
}  // namespace shadowreel
