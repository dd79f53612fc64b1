#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "replayer/measure/outcome_log.h"
#include "replayer/verdict/threshold_watch.h"
#include "tests/replayer/pace/run_fixture.h"

namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RunThresholdTest : public RunTest {
 protected:
  RunTimes RunWatched(const std::string& text) {
    thresholds_ = {*ParseThreshold(text)};
    queue_.Close();
    ThresholdWatch watch(thresholds_, log_.totals());
    return shadowreel::Run(options_, {.plan = queue_,
                                      .transport = *transport_,
                                      .sink = sink_,
                                      .clock = clock_,
                                      .files = files_,
                                      .outcomes = log_,
                                      .stop = stop_,
                                      .watch = &watch});
  }
  void ScriptErrors() {
    Script([](size_t, const OutboundRequest&) {
      return ScriptedExchange{.done = milliseconds(1), .status = 500};
    });
  }
  uint64_t Count(OutcomeKind kind) const { return log_.totals().count(kind); }

  std::vector<Threshold> thresholds_;
  OutcomeLog log_;
};

TEST_F(RunThresholdTest, AFailedThresholdEndsTheRunAndCancelsTheRest) {
  PlanEvery(milliseconds(10), 1000);
  ScriptErrors();
  options_.breaker.errors_percent = 100;
  const RunTimes times = RunWatched("status.500 < 50, abort");
  EXPECT_EQ(times.end, RunEnd::kThreshold);
  EXPECT_EQ(times.reason.find("status.500 < 50, abort failed: 1"), 0u) << times.reason;
  EXPECT_TRUE(stop_.requested());
  EXPECT_EQ(times.planned, 1000u);
  // It was looked at after a second.
  EXPECT_GE(Count(OutcomeKind::kCompleted), 99u);
  EXPECT_LE(Count(OutcomeKind::kCompleted), 103u);
  EXPECT_EQ(Count(OutcomeKind::kCancelled), 1000 - Count(OutcomeKind::kCompleted));
  EXPECT_TRUE(SafetyOf(times).ok());
}

TEST_F(RunThresholdTest, AThresholdThatHoldsEndsNothing) {
  PlanEvery(milliseconds(10), 300);
  ScriptErrors();
  options_.breaker.errors_percent = 100;
  const RunTimes times = RunWatched("status.500 < 301, abort");
  EXPECT_EQ(times.end, RunEnd::kFinished);
  EXPECT_EQ(Count(OutcomeKind::kCompleted), 300u);
}

TEST_F(RunThresholdTest, ItIsLookedAtWhenNothingEnds) {
  Plan(0, Nanos(0));
  Plan(1, std::chrono::hours(1));
  Script([](size_t, const OutboundRequest&) {
    return ScriptedExchange{.done = milliseconds(500), .result = ExchangeResult::kTimedOut};
  });
  const RunTimes times = RunWatched("timed_out == 0, abort after 5s");
  EXPECT_EQ(times.end, RunEnd::kThreshold);
  EXPECT_LT(times.ended, seconds(7));
  EXPECT_EQ(Count(OutcomeKind::kCancelled), 1u);
}

TEST_F(RunThresholdTest, TheBreakerWinsWhenItIsFirst) {
  PlanEvery(milliseconds(5), 1000);
  ScriptErrors();
  const RunTimes times = RunWatched("errors < 1%, abort");
  EXPECT_EQ(times.end, RunEnd::kBreaker);
  EXPECT_FALSE(SafetyOf(times).ok());
}

TEST_F(RunThresholdTest, TheThresholdWinsWhenItIsFirst) {
  PlanEvery(milliseconds(10), 1000);
  ScriptErrors();
  options_.breaker.min_ended = 500;
  const RunTimes times = RunWatched("errors == 0, abort");
  EXPECT_EQ(times.end, RunEnd::kThreshold);
  EXPECT_TRUE(SafetyOf(times).ok());
}

}  // namespace
}  // namespace shadowreel
