#include "replayer/verdict/threshold_watch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<Threshold> Parsed(const std::vector<std::string>& texts) {
  std::vector<Threshold> thresholds;
  for (const std::string& text : texts) thresholds.push_back(*ParseThreshold(text));
  return thresholds;
}

void Fail(uint64_t count, OutcomeLog* log) {
  for (uint64_t i = 0; i < count; ++i) {
    log->OnOutcome({.kind = OutcomeKind::kFailed}, "GET /", "reset");
  }
}

TEST(ThresholdWatchTest, LooksOnceASecond) {
  const auto thresholds = Parsed({"errors == 0, abort"});
  OutcomeLog log;
  ThresholdWatch watch(thresholds, log.totals());
  Fail(1, &log);
  EXPECT_FALSE(watch.HasFailed(milliseconds(999)));
  EXPECT_TRUE(watch.HasFailed(milliseconds(1000)));
  EXPECT_TRUE(watch.HasFailed(milliseconds(1001)));
  EXPECT_EQ(watch.reason(), "errors == 0, abort failed: 1 of 1 after 1.00 s");
  EXPECT_EQ(watch.failure()->threshold, 0u);
  EXPECT_TRUE(watch.failure()->result.aborted);
  EXPECT_FALSE(watch.failure()->result.passed);

  OutcomeLog healthy;
  ThresholdWatch later(thresholds, healthy.totals());
  EXPECT_FALSE(later.HasFailed(milliseconds(1500)));
  Fail(1, &healthy);
  EXPECT_FALSE(later.HasFailed(milliseconds(2499)));
  EXPECT_TRUE(later.HasFailed(milliseconds(2500)));
}

TEST(ThresholdWatchTest, WaitsForTheGrace) {
  const auto thresholds = Parsed({"errors == 0, abort after 10s"});
  OutcomeLog log;
  Fail(1000, &log);
  ThresholdWatch watch(thresholds, log.totals());
  for (int second = 1; second < 10; ++second) EXPECT_FALSE(watch.HasFailed(seconds(second)));
  EXPECT_TRUE(watch.HasFailed(seconds(10)));
}

TEST(ThresholdWatchTest, WhatDoesNotAbortIsLeftToTheEnd) {
  const auto thresholds = Parsed({"errors == 0", "errors < 10%, abort", "failed == 0, abort"});
  OutcomeLog log;
  ThresholdWatch watch(thresholds, log.totals());
  Fail(99, &log);
  EXPECT_TRUE(watch.HasFailed(seconds(1)));
  EXPECT_EQ(watch.failure()->threshold, 2u);
}

TEST(ThresholdWatchTest, WithoutAnyItNeverLooks) {
  const auto thresholds = Parsed({"errors == 0"});
  OutcomeLog log;
  ThresholdWatch watch(thresholds, log.totals());
  Fail(1000, &log);
  EXPECT_FALSE(watch.HasFailed(std::chrono::hours(100)));
  EXPECT_EQ(watch.failure(), std::nullopt);
}

}  // namespace
}  // namespace shadowreel
