#include "replayer/run_monitor.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/status.h"

namespace shadowreel {
namespace {

TEST(ProgressCounterTest, CountsWhatEndedWhatFailedAndWhatWasShed) {
  ProgressCounter progress;
  const auto add = [&](OutcomeKind kind, uint16_t status) {
    Outcome outcome;
    outcome.kind = kind;
    outcome.status = status;
    progress.OnOutcome(outcome, "GET /", "");
  };
  add(OutcomeKind::kCompleted, 200);
  add(OutcomeKind::kCompleted, 404);
  add(OutcomeKind::kCompleted, 500);
  add(OutcomeKind::kTimedOut, 0);
  add(OutcomeKind::kUnsent, 0);
  add(OutcomeKind::kShed, 0);
  add(OutcomeKind::kCancelled, 0);
  EXPECT_EQ(progress.Line(), "5 done, 3 errors, 1 shed");
}

TEST(RunMonitorTest, ASignalRequestsAStopAndDoesNotKill) {
  for (const auto& [signal, name] :
       {std::pair(SIGINT, "SIGINT"), std::pair(SIGTERM, "SIGTERM"), std::pair(SIGHUP, "SIGHUP")}) {
    StopSource stop;
    ProgressCounter progress;
    auto monitor = RunMonitor::Start(&stop, &progress);
    ASSERT_TRUE(monitor.ok()) << Message(monitor.status());
    EXPECT_FALSE(stop.requested());
    EXPECT_EQ((*monitor)->Signal(), "");
    kill(getpid(), signal);
    while (!stop.requested()) std::this_thread::yield();
    EXPECT_EQ((*monitor)->Signal(), name);
  }
}

TEST(RunMonitorTest, ASecondSignalOfEitherKindCutsTheDrain) {
  StopSource stop;
  ProgressCounter progress;
  auto monitor = RunMonitor::Start(&stop, &progress);
  ASSERT_TRUE(monitor.ok()) << Message(monitor.status());
  kill(getpid(), SIGINT);
  while (!stop.requested()) std::this_thread::yield();
  EXPECT_FALSE(stop.drain_cut());
  kill(getpid(), SIGTERM);
  while (!stop.drain_cut()) std::this_thread::yield();
  EXPECT_EQ((*monitor)->Signal(), "SIGINT");
}

TEST(RunMonitorTest, AnIgnoredHangupStopsNothing) {
  const auto former = signal(SIGHUP, SIG_IGN);
  StopSource stop;
  ProgressCounter progress;
  auto monitor = RunMonitor::Start(&stop, &progress);
  ASSERT_TRUE(monitor.ok()) << Message(monitor.status());
  kill(getpid(), SIGHUP);
  kill(getpid(), SIGTERM);
  while (!stop.requested()) std::this_thread::yield();
  EXPECT_EQ((*monitor)->Signal(), "SIGTERM");
  EXPECT_FALSE(stop.drain_cut());
  monitor->reset();
  signal(SIGHUP, former);
}

TEST(RunMonitorTest, ASignalAtTheVeryEndIsTakenNotLeftToKill) {
  for (int i = 0; i < 20; ++i) {
    StopSource stop;
    ProgressCounter progress;
    {
      auto monitor = RunMonitor::Start(&stop, &progress);
      ASSERT_TRUE(monitor.ok()) << Message(monitor.status());
      kill(getpid(), SIGTERM);
    }
    EXPECT_TRUE(stop.requested());
  }
}

}  // namespace
}  // namespace shadowreel
