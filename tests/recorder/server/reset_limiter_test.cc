#include "recorder/server/reset_limiter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

int AllowedOf(int resets, ResetLimiter* limiter, std::string_view address, SteadyTime now) {
  int allowed = 0;
  for (int i = 0; i < resets; ++i) allowed += limiter->Allow(address, now) ? 1 : 0;
  return allowed;
}

TEST(ResetLimiterTest, BurstIsAllowedAndOneMoreIsNot) {
  ResetLimiter limiter({.burst = 1000, .rate = 10});
  const SteadyTime now{seconds(5)};
  EXPECT_EQ(AllowedOf(1000, &limiter, "192.0.2.1", now), 1000);
  EXPECT_EQ(limiter.cuts(), 0u);
  EXPECT_FALSE(limiter.Allow("192.0.2.1", now));
  EXPECT_EQ(limiter.cuts(), 1u);
}

TEST(ResetLimiterTest, TokensComeBackAtTheRateUpToTheBurst) {
  ResetLimiter limiter({.burst = 100, .rate = 10});
  const SteadyTime now{seconds(5)};
  EXPECT_EQ(AllowedOf(200, &limiter, "a", now), 100);
  EXPECT_EQ(AllowedOf(200, &limiter, "a", now + milliseconds(500)), 5);
  EXPECT_EQ(AllowedOf(200, &limiter, "a", now + seconds(1000)), 100);
}

TEST(ResetLimiterTest, PeersDoNotShareABucket) {
  ResetLimiter limiter({.burst = 3, .rate = 1});
  EXPECT_EQ(AllowedOf(9, &limiter, "a", SteadyTime{}), 3);
  EXPECT_EQ(AllowedOf(9, &limiter, "b", SteadyTime{}), 3);
  EXPECT_EQ(AllowedOf(9, &limiter, "a", SteadyTime{}), 0);
}

TEST(ResetLimiterTest, RememberedPeersAreBoundedAndTheQuietestIsForgotten) {
  ResetLimiter limiter({.burst = 1, .rate = 0, .max_peers = 3});
  for (const char* peer : {"a", "b", "c"}) EXPECT_TRUE(limiter.Allow(peer, SteadyTime{}));
  EXPECT_FALSE(limiter.Allow("a", SteadyTime{}));  // the quietest is b now
  EXPECT_TRUE(limiter.Allow("d", SteadyTime{}));
  EXPECT_EQ(limiter.peers(), 3u);
  EXPECT_FALSE(limiter.Allow("a", SteadyTime{}));
  EXPECT_TRUE(limiter.Allow("b", SteadyTime{}));
  for (int i = 0; i < 1000; ++i) limiter.Allow(fmt::format("{}", i), SteadyTime{});
  EXPECT_EQ(limiter.peers(), 3u);
}

}  // namespace
}  // namespace shadowreel
