#include "replayer/measure/summary.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>

namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A run of 1,000 requests, one every 10 ms, each sent 1 ms late and answered in 4 ms; a case
// bends one thing.
class RunScript {
 public:
  RunFacts facts;
  SummaryOptions options;
  uint64_t planned = 1000;
  Nanos lag = milliseconds(1);
  double stretch = 1;
  // What becomes of request i; kCompleted where it says nothing else.
  std::function<OutcomeKind(uint64_t)> kind = [](uint64_t) { return OutcomeKind::kCompleted; };
  std::function<uint16_t(uint64_t)> status = [](uint64_t) { return uint16_t{200}; };
  std::string error = "some reason";
  int64_t lost = 0;  // planned but without an outcome

  Summary Run() const {
    OutcomeLog log;
    for (uint64_t i = 0; i < planned; ++i) {
      const Nanos intended = milliseconds(10 * i);
      const Nanos sent =
          Nanos(static_cast<int64_t>(static_cast<double>(intended.count()) * stretch)) + lag;
      log.OnOutcome({.index = i,
                     .kind = kind(i),
                     .intended = intended,
                     .sent = sent,
                     .done = sent + milliseconds(4),
                     .status = status(i)},
                    "GET /", error);
    }
    ReplayLedger ledger;
    ledger.planned = static_cast<uint64_t>(static_cast<int64_t>(planned) + lost);
    ledger.sampled_out = 1000;
    ledger.read = ledger.planned + ledger.sampled_out;
    return Summarize(facts, ledger, log.totals(), options);
  }
};

// `kind` for the first `count` requests.
std::function<OutcomeKind(uint64_t)> FirstOnes(uint64_t count, OutcomeKind kind) {
  return [=](uint64_t i) { return i < count ? kind : OutcomeKind::kCompleted; };
}

std::string ReasonsOf(const Summary& summary) {
  std::string text;
  for (const InvalidReason& reason : summary.reasons) {
    text += fmt::format("{}{}{}", text.empty() ? "" : "; ", reason.generator_limited ? "G " : "I ",
                        reason.text);
  }
  return text;
}

struct Case {
  const char* name;
  std::function<void(RunScript*)> bend;
  std::string reasons;  // as ReasonsOf; empty: valid
};

class SummaryRulesTest : public testing::TestWithParam<Case> {};

TEST_P(SummaryRulesTest, GivesTheseReasons) {
  RunScript script;
  GetParam().bend(&script);
  const Summary summary = script.Run();
  EXPECT_EQ(ReasonsOf(summary), GetParam().reasons);
  EXPECT_EQ(summary.valid(), GetParam().reasons.empty());
  EXPECT_EQ(summary.generator_limited(), GetParam().reasons.starts_with("G "));
  EXPECT_EQ(ExitCodeFor(summary),
            GetParam().reasons.empty() ? ExitCode::kPass : ExitCode::kInvalid);
}

const Case kCases[] = {
    {"AQuietRun", [](RunScript*) {}, ""},
    {"NothingPlanned", [](RunScript* s) { s->planned = 0; }, ""},
    {"SendLagAtTheBound", [](RunScript* s) { s->lag = s->options.max_send_lag = milliseconds(2); },
     ""},
    {"SendLagAboveTheBound", [](RunScript* s) { s->lag = milliseconds(20); },
     "G send lag p99 20.00 ms > 10.00 ms"},
    {"SendLagInAClosedLoop",
     [](RunScript* s) {
       s->lag = milliseconds(20);
       s->facts.closed_loop = true;
     },
     ""},
    {"StretchedByAFiftieth",
     [](RunScript* s) {
       s->stretch = 1.02;
       s->options.max_send_lag = milliseconds(150);
     },
     "G send lag p99 199.23 ms > 150.00 ms"},
    {"StretchedByATenth",
     [](RunScript* s) {
       s->stretch = 1.1;
       s->options.max_send_lag = milliseconds(100);
     },
     "G send lag p99 991.95 ms > 100.00 ms; G achieved 90.9/s of 100.0/s requests planned: a "
     "schedule of 9.99 s took 10.99 s to send"},
    {"FewRequestsALittleLate",
     [](RunScript* s) {
       s->planned = 2;
       s->stretch = 1.5;
     },
     ""},
    {"ShedUnderTheBound", [](RunScript* s) { s->kind = FirstOnes(5, OutcomeKind::kShed); }, ""},
    {"ShedAboveTheBound",
     [](RunScript* s) {
       s->kind = FirstOnes(6, OutcomeKind::kShed);
       s->error = "in-flight cap";
     },
     "G shed 6 of 1,000 planned (0.6 %): in-flight cap 6; sending was on time: the target held the "
     "in-flight cap full"},
    {"ShedAtTheInFlightCapWhileSendingIsLate",
     [](RunScript* s) {
       s->kind = FirstOnes(6, OutcomeKind::kShed);
       s->error = "in-flight cap";
       s->lag = milliseconds(20);
     },
     "G send lag p99 20.00 ms > 10.00 ms; G shed 6 of 1,000 planned (0.6 %): in-flight cap 6"},
    {"ShedAtTheRateCap",
     [](RunScript* s) {
       s->kind = FirstOnes(6, OutcomeKind::kShed);
       s->error = "rate cap";
     },
     "G shed 6 of 1,000 planned (0.6 %): rate cap 6"},
    {"UnsentAboveTheBound",
     [](RunScript* s) {
       s->kind = FirstOnes(1000, OutcomeKind::kUnsent);
       s->error = "connection refused";
     },
     "I no connection for 1,000 of 1,000 planned (100.0 %): connection refused 1,000"},
    {"ShedAndUnsentTogetherAboveTheBound",
     [](RunScript* s) {
       s->kind = [](uint64_t i) {
         return i < 3 ? OutcomeKind::kUnsent : i < 6 ? OutcomeKind::kShed : OutcomeKind::kCompleted;
       };
     },
     "G shed 3 of 1,000 planned (0.3 %): some reason 3; I no connection for 3 of 1,000 planned "
     "(0.3 %): some reason 3"},
    {"Cancelled", [](RunScript* s) { s->kind = FirstOnes(1, OutcomeKind::kCancelled); },
     "I stopped before the end (1 of 1,000 planned were cancelled)"},
    {"StoppedWithNothingLeftToCancel", [](RunScript* s) { s->facts.stopped_by = "SIGINT"; },
     "I stopped before the end: SIGINT"},
    {"AbandonedUnderTheBound",
     [](RunScript* s) { s->kind = FirstOnes(5, OutcomeKind::kAbandoned); }, ""},
    {"AbandonedAboveTheBound",
     [](RunScript* s) { s->kind = FirstOnes(6, OutcomeKind::kAbandoned); },
     "I abandoned 6 of 1,000 sent (0.6 %): unfinished when the drain ended"},
    {"DeniedAtTheBound",
     [](RunScript* s) {
       s->status = [](uint64_t i) { return static_cast<uint16_t>(i % 5 == 0 ? 404 : 200); };
     },
     ""},
    {"DeniedAboveTheBound",
     [](RunScript* s) {
       s->status = [](uint64_t i) { return static_cast<uint16_t>(i % 4 == 0 ? 401 : 200); };
     },
     "I 25.0 % of the answers were 401, 403 or 404 (bound 20.0 %)"},
    {"DeniedWithinAWiderBound",
     [](RunScript* s) {
       s->status = [](uint64_t) { return uint16_t{403}; };
       s->options.max_denied = 1;
     },
     ""},
    {"ErrorsOfTheTarget",
     [](RunScript* s) {
       s->kind = FirstOnes(500, OutcomeKind::kFailed);
       s->status = [](uint64_t) { return uint16_t{500}; };
     },
     ""},
    {"AnOutcomeLost", [](RunScript* s) { s->lost = 1; },
     "I the ledger does not add up: planned 1001 is not shed 0 + cancelled 0 + unsent 0 + sent "
     "1000"},
    {"GeneratorLimitedComesFirst",
     [](RunScript* s) {
       s->lag = milliseconds(20);
       s->lost = 1;
     },
     "G send lag p99 20.00 ms > 10.00 ms; I the ledger does not add up: planned 1001 is not shed "
     "0 + cancelled 0 + unsent 0 + sent 1000"},
};

INSTANTIATE_TEST_SUITE_P(Rules, SummaryRulesTest, testing::ValuesIn(kCases),
                         [](const auto& rule) { return std::string(rule.param.name); });

TEST(SummaryTest, SharesRatesAndTimesAreOfTheRun) {
  RunScript script;
  script.status = [](uint64_t i) { return static_cast<uint16_t>(i < 100 ? 404 : 200); };
  const Summary summary = script.Run();
  EXPECT_DOUBLE_EQ(summary.replayed_share, 0.5);
  EXPECT_EQ(summary.denied, 100u);
  EXPECT_DOUBLE_EQ(summary.denied_share, 0.1);
  EXPECT_DOUBLE_EQ(summary.achieved_rate, 100);
  EXPECT_DOUBLE_EQ(summary.planned_rate, 100);
  EXPECT_EQ(summary.busiest_second, 100u);
  EXPECT_EQ(summary.latency.p50, milliseconds(5));
  EXPECT_EQ(summary.service_time.p99, milliseconds(4));
  EXPECT_EQ(summary.send_lag.max, milliseconds(1));
  EXPECT_EQ(summary.send_lag.mean, milliseconds(1));
  EXPECT_EQ(summary.status, (std::map<uint16_t, uint64_t>{{200, 900}, {404, 100}}));
  EXPECT_TRUE(summary.notes.empty());
}

TEST(SummaryTest, ARunOfNothingSaysSo) {
  RunScript script;
  script.planned = 0;
  const Summary summary = script.Run();
  EXPECT_EQ(summary.notes, std::vector<std::string>{"nothing was planned"});
  EXPECT_EQ(summary.achieved_rate, 0);
  EXPECT_EQ(summary.replayed_share, 0);
  EXPECT_EQ(summary.denied_share, 0);
  EXPECT_EQ(summary.latency.count, 0u);
}

TEST(SummaryTest, AClosedLoopIsNotedAndHasNoPlannedRate) {
  RunScript script;
  script.facts.closed_loop = true;
  const Summary summary = script.Run();
  ASSERT_EQ(summary.notes.size(), 1u);
  EXPECT_TRUE(summary.notes[0].starts_with("closed loop:"));
  EXPECT_EQ(summary.planned_rate, 0);
  EXPECT_DOUBLE_EQ(summary.achieved_rate, 100);
}

TEST(SummaryTest, EndpointsAreSortedByRequestsThenNameWithTheRestLast) {
  OutcomeLog log;
  const auto send = [&](std::string_view endpoint, int times) {
    for (int i = 0; i < times; ++i) {
      log.OnOutcome({.kind = OutcomeKind::kCompleted, .done = milliseconds(3), .status = 500},
                    endpoint, "");
    }
  };
  send("GET /b", 2);
  send(kOther, 9);
  send("GET /c", 3);
  send("GET /a", 2);
  const Summary summary = Summarize({}, {}, log.totals(), {});
  ASSERT_EQ(summary.endpoints.size(), 4u);
  EXPECT_EQ(summary.endpoints[0].endpoint, "GET /c");
  EXPECT_EQ(summary.endpoints[0].sent, 3u);
  EXPECT_EQ(summary.endpoints[0].errors, 3u);
  EXPECT_EQ(summary.endpoints[0].p99, milliseconds(3));
  EXPECT_EQ(summary.endpoints[1].endpoint, "GET /a");
  EXPECT_EQ(summary.endpoints[2].endpoint, "GET /b");
  EXPECT_EQ(summary.endpoints[3].endpoint, kOther);
}

TEST(SummaryTest, APlanIsEmptyForAReasonOrBecauseNothingWasAskedFor) {
  const auto why = [](uint64_t filtered, uint64_t sampled_out, uint64_t skipped, uint64_t planned) {
    ReplayLedger ledger;
    ledger.filtered = filtered;
    ledger.sampled_out = sampled_out;
    ledger.skipped = skipped;
    ledger.planned = planned;
    ledger.read = filtered + sampled_out + skipped + planned;
    const auto reason = WhyNothingPlanned(ledger, false);
    const auto with_thresholds = WhyNothingPlanned(ledger, true);
    if (!reason && with_thresholds) return "if judged: " + with_thresholds->text;
    EXPECT_EQ(reason, with_thresholds);
    return reason ? reason->text : std::string();
  };
  EXPECT_EQ(why(0, 0, 5, 0), "nothing was planned: 5 of 5 records read were skipped");
  EXPECT_EQ(why(2, 1, 5, 0), "nothing was planned: 5 of 8 records read were skipped");
  EXPECT_EQ(why(7, 0, 0, 0), "nothing was planned: none of 7 records read fits the filter");
  const std::string unjudged = "if judged: nothing was planned, so no threshold was judged";
  EXPECT_EQ(why(0, 7, 0, 0), unjudged);
  EXPECT_EQ(why(1, 7, 0, 0), unjudged);
  EXPECT_EQ(why(0, 0, 0, 0), unjudged);
  EXPECT_EQ(why(5, 0, 5, 1), "");
}

ThresholdResult ResultOf(bool passed) {
  ThresholdResult result;
  result.passed = passed;
  return result;
}

TEST(SummaryTest, AFailedThresholdComesAfterValidity) {
  Summary summary = RunScript().Run();
  EXPECT_EQ(ExitCodeFor(summary), ExitCode::kPass);
  summary.thresholds = {ResultOf(true), ResultOf(true)};
  EXPECT_EQ(ExitCodeFor(summary), ExitCode::kPass);
  summary.thresholds.push_back(ResultOf(false));
  EXPECT_EQ(ExitCodeFor(summary), ExitCode::kFailed);
  summary.reasons = {{.generator_limited = false, .text = "because"}};
  EXPECT_EQ(ExitCodeFor(summary), ExitCode::kInvalid);
}

// A target that holds all that may be in flight: all but the first 256 of 600 were shed.
RunScript AgainstAHungTarget() {
  RunScript script;
  script.planned = 600;
  script.error = std::string(kInFlightCap);
  script.kind = [](uint64_t i) { return i < 256 ? OutcomeKind::kTimedOut : OutcomeKind::kShed; };
  return script;
}

ThresholdResult FailedOn(Metric metric) {
  ThresholdResult result;
  result.threshold.metric = metric;
  result.threshold.unit = BoundUnit::kShare;
  result.value = 1;
  return result;
}

Summary Judged(const RunScript& script, const ThresholdResult& result) {
  Summary summary = script.Run();
  summary.thresholds = {ResultOf(true), result};
  SpareWhatFlattered(&summary);
  return summary;
}

TEST(SummaryTest, AFailureUnderLessThanThePlannedLoadIsAFailure) {
  const Summary hung = Judged(AgainstAHungTarget(), FailedOn(Metric::kErrors));
  EXPECT_EQ(ExitCodeFor(hung), ExitCode::kFailed) << ReasonsOf(hung);
  EXPECT_EQ(hung.notes, std::vector<std::string>{
                            "shed 344 of 600 planned (57.3 %) at the in-flight cap: the target "
                            "failed under less than the planned load"});
  RunScript slow = AgainstAHungTarget();
  slow.kind = [](uint64_t i) {
    return i < 256 ? OutcomeKind::kAbandoned : i < 258 ? OutcomeKind::kUnsent : OutcomeKind::kShed;
  };
  const Summary abandoned = Judged(slow, FailedOn(Metric::kErrors));
  EXPECT_EQ(ExitCodeFor(abandoned), ExitCode::kFailed) << ReasonsOf(abandoned);
  EXPECT_EQ(abandoned.notes.size(), 3u);
  EXPECT_EQ(abandoned.notes.back(),
            "abandoned 256 of 256 sent (100.0 %): unfinished when the drain ended");
}

TEST(SummaryTest, ShedUnderPassedThresholdsIsNoPass) {
  const Summary summary = Judged(AgainstAHungTarget(), ResultOf(true));
  EXPECT_EQ(ExitCodeFor(summary), ExitCode::kInvalid);
  EXPECT_EQ(
      ReasonsOf(summary),
      "G shed 344 of 600 planned (57.3 %): in-flight cap 344; sending was on time: the target "
      "held the in-flight cap full");
  EXPECT_TRUE(summary.notes.empty());
}

TEST(SummaryTest, AFailureWithAnyOtherReasonToDoubtIsNone) {
  const ThresholdResult failed = FailedOn(Metric::kErrors);
  RunScript late = AgainstAHungTarget();
  late.lag = milliseconds(20);
  EXPECT_EQ(ExitCodeFor(Judged(late, failed)), ExitCode::kInvalid);
  RunScript stretched = AgainstAHungTarget();
  stretched.planned = 1000;
  stretched.kind = [](uint64_t i) {
    return i % 2 == 0 ? OutcomeKind::kTimedOut : OutcomeKind::kShed;
  };
  stretched.stretch = 1.1;
  stretched.options.max_send_lag = milliseconds(100);
  EXPECT_EQ(ExitCodeFor(Judged(stretched, failed)), ExitCode::kInvalid);
  RunScript stopped = AgainstAHungTarget();
  stopped.facts.stopped_by = "SIGINT";
  EXPECT_EQ(ExitCodeFor(Judged(stopped, failed)), ExitCode::kInvalid);
  RunScript rate_capped = AgainstAHungTarget();
  rate_capped.error = "rate cap";
  EXPECT_EQ(ExitCodeFor(Judged(rate_capped, failed)), ExitCode::kInvalid);
  RunScript refused = AgainstAHungTarget();
  refused.kind = [](uint64_t i) {
    return i < 256 ? OutcomeKind::kTimedOut : i < 260 ? OutcomeKind::kUnsent : OutcomeKind::kShed;
  };
  const Summary summary = Judged(refused, failed);
  EXPECT_EQ(ExitCodeFor(summary), ExitCode::kInvalid);
  EXPECT_EQ(summary.reasons.size(), 2u);
}

TEST(SummaryTest, WhatIsOfTheSendingOrTooFewDoesNotSpeakAgainstATarget) {
  const RunScript hung = AgainstAHungTarget();
  for (const Metric metric : {Metric::kShed, Metric::kSendLag, Metric::kAchievedRate}) {
    EXPECT_EQ(ExitCodeFor(Judged(hung, FailedOn(metric))), ExitCode::kInvalid);
  }
  ThresholdResult counted = FailedOn(Metric::kStatus);  // status.200 >= 600
  counted.threshold.unit = BoundUnit::kCount;
  counted.threshold.bound = 600;
  counted.value = 256;
  EXPECT_EQ(ExitCodeFor(Judged(hung, counted)), ExitCode::kInvalid);
  counted.value = 601;  // status.500 < 600
  EXPECT_EQ(ExitCodeFor(Judged(hung, counted)), ExitCode::kFailed);
  ThresholdResult unmeasured = FailedOn(Metric::kLatency);
  unmeasured.measured = false;
  EXPECT_EQ(ExitCodeFor(Judged(hung, unmeasured)), ExitCode::kFailed);
  unmeasured.threshold.endpoint = "GET /cart";
  EXPECT_EQ(ExitCodeFor(Judged(hung, unmeasured)), ExitCode::kInvalid);
}

TEST(SummaryTest, ARunThatAThresholdEndedIsValidUnlessTheHarnessWasTheLimit) {
  RunScript script;
  script.facts.stopped_by = "errors < 1%, abort failed: 2.0 % (4 of 200) after 2.00 s";
  script.facts.ended_by_threshold = true;
  script.kind = [](uint64_t i) {
    return i < 200   ? OutcomeKind::kCompleted
           : i < 230 ? OutcomeKind::kAbandoned
           : i < 250 ? OutcomeKind::kUnsent
                     : OutcomeKind::kCancelled;
  };
  script.error = "stopped while connecting";
  const Summary summary = script.Run();
  EXPECT_EQ(ReasonsOf(summary), "");
  EXPECT_EQ(summary.notes,
            std::vector<std::string>{"ended early, 750 of 1,000 planned were cancelled: errors < "
                                     "1%, abort failed: 2.0 % (4 of 200) after 2.00 s"});
  RunScript refused = script;
  refused.error = "connection refused";
  EXPECT_EQ(ReasonsOf(refused.Run()),
            "I no connection for 20 of 1,000 planned (2.0 %): connection refused 20");
  RunScript late = script;
  late.lag = milliseconds(50);
  EXPECT_TRUE(late.Run().generator_limited());
  script.kind = [](uint64_t i) {
    return i < 200   ? OutcomeKind::kCompleted
           : i < 250 ? OutcomeKind::kShed
                     : OutcomeKind::kCancelled;
  };
  EXPECT_TRUE(script.Run().generator_limited());
}

}  // namespace
}  // namespace shadowreel
