#include "replayer/pace/run.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/status.h"
#include "tests/replayer/pace/run_fixture.h"

namespace shadowreel {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(RunTest, ReleasesEachRequestAtItsIntendedTime) {
  PlanEvery(seconds(1), 3601);
  ScriptService(milliseconds(5));
  const RunTimes times = RunAll();
  ASSERT_EQ(outcomes_.Count(OutcomeKind::kCompleted), 3601U);
  for (const KeptOutcome& kept : outcomes_.kept) {
    EXPECT_EQ(kept.outcome.sent, kept.outcome.intended);
    EXPECT_EQ(kept.outcome.done - kept.outcome.sent, milliseconds(5));
    EXPECT_EQ(kept.outcome.status, 200);
  }
  EXPECT_EQ(times.started, start());
  EXPECT_EQ(times.first_release, Nanos(0));
  EXPECT_EQ(times.last_release, hours(1));
  EXPECT_EQ(times.ended, hours(1) + milliseconds(5));
  EXPECT_EQ(times.planned, 3601U);
  EXPECT_EQ(times.released, 3601U);
  EXPECT_EQ(times.starved, 0U);
  EXPECT_EQ(times.end, RunEnd::kFinished);
  EXPECT_TRUE(SafetyOf(times).ok());
}

TEST_F(RunTest, OutcomesCarryIndexAndEndpoint) {
  PlanEvery(milliseconds(1), 3);
  ScriptService(milliseconds(10));
  RunAll();
  ASSERT_EQ(outcomes_.kept.size(), 3U);
  EXPECT_EQ(outcomes_.kept[1].outcome.index, 1U);
  EXPECT_EQ(outcomes_.kept[1].endpoint, "GET /1");
  EXPECT_EQ(transport_->submitted()[2].second.target, "/2");
}

TEST_F(RunTest, OpenLoopDoesNotWaitForAnswers) {
  PlanEvery(milliseconds(1), 100);
  ScriptService(seconds(1));
  RunAll();
  EXPECT_EQ(transport_->most_in_flight(), 100U);
  for (const KeptOutcome& kept : outcomes_.kept) {
    EXPECT_EQ(kept.outcome.sent, kept.outcome.intended);
  }
}

TEST_F(RunTest, AnEmptyPlanEndsAtOnce) {
  ScriptService(Nanos(0));
  const RunTimes times = RunAll();
  EXPECT_EQ(times.planned, 0U);
  EXPECT_EQ(times.ended, Nanos(0));
  EXPECT_EQ(times.end, RunEnd::kFinished);
}

// The target answers nothing for two seconds. What is sent meanwhile waits in it; what finds no
// room is shed, and nothing is sent later than planned.
TEST_F(RunTest, AFrozenTargetShedsAtTheCapAndIsSeenInLatency) {
  options_.max_in_flight = 10;
  PlanEvery(milliseconds(1), 3000);
  const SteadyTime thaw = start() + milliseconds(500) + seconds(2);
  Script([&](size_t, const OutboundRequest&) {
    const SteadyTime now = clock_.SteadyNow();
    const bool frozen = now >= start() + milliseconds(500) && now < thaw;
    return ScriptedExchange{.done = frozen ? thaw - now : Nanos(microseconds(100))};
  });
  RunAll();
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kShed), 2000U - 10);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCompleted), 1000U + 10);
  EXPECT_EQ(transport_->most_in_flight(), 10U);
  Nanos worst{0};
  for (const KeptOutcome& kept : outcomes_.kept) {
    if (kept.outcome.kind == OutcomeKind::kShed) {
      EXPECT_EQ(kept.error, "in-flight cap");
      continue;
    }
    EXPECT_EQ(kept.outcome.sent, kept.outcome.intended);
    worst = std::max(worst, kept.outcome.done - kept.outcome.intended);
  }
  EXPECT_EQ(worst, seconds(2));
}

// The connection is had late: the time before it is latency and no service time.
TEST_F(RunTest, AWaitBeforeTheSendIsLatencyAndNotServiceTime) {
  PlanEvery(milliseconds(10), 50);
  Script([](size_t, const OutboundRequest&) {
    return ScriptedExchange{.sent = seconds(2), .done = seconds(2) + milliseconds(1)};
  });
  RunAll();
  for (const KeptOutcome& kept : outcomes_.kept) {
    EXPECT_EQ(kept.outcome.done - kept.outcome.sent, milliseconds(1));
    EXPECT_EQ(kept.outcome.done - kept.outcome.intended, seconds(2) + milliseconds(1));
  }
}

// The generator itself loses two seconds: what was due is released at once with its old intended
// time, so that the loss is latency, and what follows is on time again.
TEST_F(RunTest, TheScheduleDoesNotSlideAfterAStall) {
  options_.max_in_flight = 10'000;
  PlanEvery(milliseconds(1), 5000);
  ScriptService(microseconds(10));
  bool stalled = false;
  transport_->set_on_poll([&] {
    if (stalled || SinceStart() < seconds(1)) return;
    stalled = true;
    clock_.Advance(seconds(2));
  });
  const RunTimes times = RunAll();
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCompleted), 5000U);
  EXPECT_EQ(times.last_release, milliseconds(4999));
  size_t late = 0;
  for (const KeptOutcome& kept : outcomes_.kept) {
    EXPECT_EQ(kept.outcome.intended,
              Nanos(milliseconds(1)) * static_cast<int64_t>(kept.outcome.index));
    EXPECT_EQ(kept.outcome.done - kept.outcome.sent, microseconds(10));
    if (kept.outcome.sent == kept.outcome.intended) continue;
    ++late;
    EXPECT_LE(kept.outcome.sent, seconds(3) + milliseconds(1));
  }
  EXPECT_GE(late, 1990U);
  EXPECT_LE(late, 2010U);
}

TEST_F(RunTest, MoreThanTheRateCapInASecondIsShed) {
  options_.max_rate = 100;
  options_.max_in_flight = 1000;
  PlanEvery(milliseconds(1), 3000);
  ScriptService(microseconds(100));
  const RunTimes times = RunAll();
  EXPECT_EQ(times.released, 300U);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kShed), 2700U);
  EXPECT_EQ(outcomes_.kept.back().error, "rate cap");
}

TEST_F(RunTest, AStopCancelsTheRestAndDrains) {
  PlanEvery(milliseconds(10), 1000);
  ScriptService(milliseconds(50));
  transport_->set_on_poll([&] {
    if (SinceStart() >= seconds(1)) stop_.Request();
  });
  const RunTimes times = RunAll();
  EXPECT_EQ(times.end, RunEnd::kStopped);
  EXPECT_LE(times.last_release, seconds(1) + milliseconds(20));
  EXPECT_GE(times.last_release, milliseconds(990));
  EXPECT_EQ(times.planned, 1000U);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCompleted), times.released);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCancelled), 1000 - times.released);
  EXPECT_TRUE(SafetyOf(times).ok());
  for (const KeptOutcome& kept : outcomes_.kept) {
    if (kept.outcome.kind != OutcomeKind::kCancelled) continue;
    EXPECT_EQ(kept.outcome.intended,
              Nanos(milliseconds(10)) * static_cast<int64_t>(kept.outcome.index));
  }
}

TEST_F(RunTest, AStopEndsTheSendsWithinAHundredMillisecondsOfSilence) {
  Plan(0, Nanos(0));
  Plan(1, hours(1));
  ScriptService(milliseconds(1));
  Nanos asked{0};
  transport_->set_on_poll([&] {
    if (SinceStart() < seconds(7) || stop_.requested()) return;
    asked = SinceStart();
    stop_.Request();
  });
  const RunTimes times = RunAll();
  EXPECT_EQ(times.end, RunEnd::kStopped);
  EXPECT_LE(times.ended - asked, milliseconds(100));
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCancelled), 1U);
}

TEST_F(RunTest, AStopUnblocksThePlanner) {
  PlanEvery(milliseconds(10), 1000);
  ScriptService(milliseconds(1));
  transport_->set_on_poll([&] { stop_.Request(); });
  const RunTimes times = RunOn();
  EXPECT_EQ(times.planned, 1000U);
  PlannedRequest late;
  EXPECT_FALSE(queue_.Push(std::move(late), 1));
  EXPECT_TRUE(queue_.Finished());
}

TEST_F(RunTest, AStopBeforeTheStartCancelsEverything) {
  PlanEvery(milliseconds(10), 10);
  ScriptService(milliseconds(1));
  stop_.Request();
  const RunTimes times = RunAll();
  EXPECT_EQ(times.released, 0U);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCancelled), 10U);
}

TEST_F(RunTest, AStopFileStopsTheRun) {
  options_.stop_file = ::testing::TempDir() + "/stop_now";
  unlink(options_.stop_file.c_str());
  PlanEvery(milliseconds(10), 1000);
  ScriptService(milliseconds(1));
  transport_->set_on_poll([&] {
    if (SinceStart() >= seconds(1)) std::ofstream(options_.stop_file).put('x');
  });
  const RunTimes times = RunAll();
  unlink(options_.stop_file.c_str());
  EXPECT_EQ(times.end, RunEnd::kStopFile);
  EXPECT_NE(times.reason.find("stop_now"), std::string::npos);
  EXPECT_GE(times.last_release, milliseconds(980));
  EXPECT_LE(times.last_release, milliseconds(1100));
  EXPECT_TRUE(stop_.requested());
}

TEST_F(RunTest, TheBreakerStopsTheRun) {
  PlanEvery(milliseconds(1), 5000);
  Script([](size_t number, const OutboundRequest&) {
    return ScriptedExchange{.done = microseconds(100),
                            .status = static_cast<uint16_t>(number < 1000 ? 200 : 500)};
  });
  const RunTimes times = RunAll();
  EXPECT_EQ(times.end, RunEnd::kBreaker);
  EXPECT_EQ(times.released, 2001U);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCancelled), 2999U);
  EXPECT_EQ(SafetyOf(times).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(stop_.requested());
}

TEST_F(RunTest, ARefusalOfTheGuardEndsTheRun) {
  PlanEvery(milliseconds(10), 100);
  Script([](size_t number, const OutboundRequest&) {
    if (number != 5) return ScriptedExchange{.done = microseconds(100)};
    return ScriptedExchange{.result = ExchangeResult::kRefused, .error = "refused: 10.0.0.1"};
  });
  const RunTimes times = RunAll();
  EXPECT_EQ(times.end, RunEnd::kRefused);
  EXPECT_EQ(times.released, 6U);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kUnsent), 1U);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCancelled), 94U);
  EXPECT_EQ(Message(SafetyOf(times)), "the run was ended: refused: 10.0.0.1");
}

TEST_F(RunTest, ARefusalOfTheLastRequestCountsToo) {
  PlanEvery(milliseconds(10), 1);
  Script([](size_t, const OutboundRequest&) {
    return ScriptedExchange{.done = seconds(1), .result = ExchangeResult::kRefused};
  });
  EXPECT_EQ(RunAll().end, RunEnd::kRefused);
}

TEST_F(RunTest, WhatOutlivesTheDrainIsAbandoned) {
  options_.drain_timeout = seconds(3);
  PlanEvery(milliseconds(10), 10);
  Script([](size_t number, const OutboundRequest&) {
    return ScriptedExchange{.done = seconds(2), .never_ends = number % 2 == 0};
  });
  const RunTimes times = RunAll();
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCompleted), 5U);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kAbandoned), 5U);
  EXPECT_EQ(times.ended, milliseconds(90) + seconds(3));
  EXPECT_EQ(transport_->in_flight(), 0U);
  for (const KeptOutcome& kept : outcomes_.kept) {
    EXPECT_EQ(kept.outcome.sent, kept.outcome.intended);
  }
}

TEST_F(RunTest, ACutDrainAbandonsWhatIsInFlight) {
  options_.drain_timeout = hours(1);
  PlanEvery(milliseconds(10), 1000);
  Script([](size_t, const OutboundRequest&) { return ScriptedExchange{.never_ends = true}; });
  transport_->set_on_poll([&] {
    if (SinceStart() >= seconds(1)) stop_.Request();
    if (SinceStart() >= seconds(5)) stop_.CutDrain();
  });
  const RunTimes times = RunAll();
  EXPECT_EQ(times.end, RunEnd::kStopped);
  EXPECT_GE(times.ended, seconds(5));
  EXPECT_LE(times.ended, seconds(5) + milliseconds(40));
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kAbandoned), times.released);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCancelled), 1000U - times.released);
  EXPECT_EQ(transport_->in_flight(), 0U);
}

TEST_F(RunTest, ACutWithoutARequestBeforeStopsTheRunToo) {
  options_.drain_timeout = hours(1);
  PlanEvery(milliseconds(10), 1000);
  Script([](size_t, const OutboundRequest&) { return ScriptedExchange{.never_ends = true}; });
  transport_->set_on_poll([&] {
    if (SinceStart() >= seconds(1)) stop_.CutDrain();
  });
  const RunTimes times = RunAll();
  EXPECT_EQ(times.end, RunEnd::kStopped);
  EXPECT_LE(times.ended, seconds(1) + milliseconds(40));
}

TEST_F(RunTest, AStopRequestedAgainDoesNotCutTheDrain) {
  options_.drain_timeout = hours(1);
  PlanEvery(milliseconds(10), 10);
  ScriptService(seconds(4));
  transport_->set_on_poll([&] {
    if (SinceStart() >= milliseconds(200)) stop_.Request();
  });
  RunAll();
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCompleted), 10U);
}

TEST_F(RunTest, TheDrainEndsWithTheLastAnswer) {
  options_.drain_timeout = hours(1);
  PlanEvery(milliseconds(10), 2);
  ScriptService(seconds(4));
  EXPECT_EQ(RunAll().ended, seconds(4) + milliseconds(10));
}

TEST_F(RunTest, ClosedLoopKeepsTheFlightsFullAndShedsNothing) {
  options_.closed_loop = true;
  options_.max_in_flight = 4;
  options_.max_rate = 1;
  PlanEvery(Nanos(0), 1000);
  ScriptService(milliseconds(2));
  const RunTimes times = RunAll();
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCompleted), 1000U);
  EXPECT_EQ(transport_->most_in_flight(), 4U);
  EXPECT_EQ(times.ended, milliseconds(500));
  for (const KeptOutcome& kept : outcomes_.kept) {
    EXPECT_EQ(kept.outcome.intended, kept.outcome.sent);
    EXPECT_EQ(kept.outcome.done - kept.outcome.sent, milliseconds(2));
  }
}

TEST_F(RunTest, AClosedLoopStops) {
  options_.closed_loop = true;
  options_.max_in_flight = 4;
  PlanEvery(Nanos(0), 1000);
  ScriptService(milliseconds(2));
  transport_->set_on_poll([&] {
    if (SinceStart() >= milliseconds(100)) stop_.Request();
  });
  const RunTimes times = RunAll();
  EXPECT_GE(times.released, 196U);
  EXPECT_LE(times.released, 208U);
  EXPECT_EQ(outcomes_.Count(OutcomeKind::kCancelled), 1000U - times.released);
}

TEST_F(RunTest, ALatePlannerIsCountedAndSeenAsSendLag) {
  Plan(0, Nanos(0));
  ScriptService(milliseconds(1));
  bool pushed = false;
  transport_->set_on_poll([&] {
    if (pushed || SinceStart() < milliseconds(500)) return;
    pushed = true;
    Plan(1, milliseconds(200));
    Plan(2, milliseconds(900));
    queue_.Close();
  });
  const RunTimes times = RunOn();
  ASSERT_EQ(outcomes_.Count(OutcomeKind::kCompleted), 3U);
  EXPECT_EQ(times.starved, 1U);
  EXPECT_GE(times.starved_for, milliseconds(299));
  const Outcome& late = outcomes_.kept[1].outcome;
  EXPECT_EQ(late.intended, milliseconds(200));
  EXPECT_GE(late.sent, milliseconds(500));
  EXPECT_EQ(outcomes_.kept[2].outcome.sent, milliseconds(900));
}

}  // namespace
}  // namespace shadowreel
