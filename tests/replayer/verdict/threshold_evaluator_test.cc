#include "replayer/verdict/threshold_evaluator.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/status.h"

namespace shadowreel {
namespace {

using std::chrono::milliseconds;

Threshold Parsed(const std::string& text) {
  absl::StatusOr<Threshold> parsed = ParseThreshold(text);
  EXPECT_TRUE(parsed.ok()) << text << ": " << Message(parsed.status());
  return parsed.value_or(Threshold());
}

// Requests come every 10 ms, are sent 1 ms late, and take `service`.
void Send(uint64_t count, OutcomeKind kind, uint16_t status, Nanos service,
          const std::string& endpoint, OutcomeLog* log) {
  for (uint64_t i = 0; i < count; ++i) {
    const Nanos intended = milliseconds(10 * log->totals().kinds[0]);
    const Nanos sent = intended + milliseconds(1);
    log->OnOutcome({.kind = kind,
                    .intended = intended,
                    .sent = sent,
                    .done = sent + service,
                    .status = status},
                   endpoint, "why");
  }
}

// The groups that `thresholds` need: an endpoint is of the group of its own name.
EndpointGroups Groups(const std::vector<Threshold>& thresholds) {
  EndpointGroups groups;
  for (const Threshold& threshold : thresholds) {
    if (!threshold.endpoint.empty()) groups.names.push_back(threshold.endpoint);
  }
  groups.of = [names = groups.names](std::string_view endpoint) {
    std::vector<size_t> named;
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i] == endpoint) named.push_back(i);
    }
    return named;
  };
  return groups;
}

// 1,000 requests: 990 answered 200 in 1 to 990 ms, 5 answered 503, 2 failed, 2 timed out, one
// abandoned; and 10 more shed. GET /a are the answered 200.
OutcomeLog ExampleLog(EndpointGroups groups) {
  OutcomeLog log(std::move(groups));
  for (int i = 1; i <= 990; ++i) {
    Send(1, OutcomeKind::kCompleted, 200, milliseconds(i), "GET /a", &log);
  }
  Send(5, OutcomeKind::kCompleted, 503, milliseconds(991), "GET /b", &log);
  Send(2, OutcomeKind::kFailed, 0, milliseconds(1), "GET /b", &log);
  Send(2, OutcomeKind::kTimedOut, 0, milliseconds(2000), "GET /b", &log);
  Send(1, OutcomeKind::kAbandoned, 0, {}, "GET /b", &log);
  Send(10, OutcomeKind::kShed, 0, {}, "GET /b", &log);
  return log;
}

ThresholdResult Evaluated(const std::string& text) {
  const std::vector<Threshold> thresholds = {Parsed(text)};
  const OutcomeLog log = ExampleLog(Groups(thresholds));
  const auto results = EvaluateThresholds(thresholds, log.totals());
  EXPECT_EQ(results.size(), 1u);
  return results.front();
}

TEST(ThresholdEvaluatorTest, JudgesEveryMetric) {
  const struct {
    const char* text;
    bool passed;
    const char* observed;
  } kRows[] = {
      {"latency.max < 2002ms", true, "2,001,000,000 ns"},
      {"latency.max < 2001ms", false, "2.00 s"},
      {"latency.min >= 2ms", true, "2.00 ms"},
      {"latency.min > 2ms", false, "2.00 ms"},
      {"service_time.max <= 2s", true, "2.00 s"},
      {"service_time.min == 1ms", true, "1.00 ms"},
      {"service_time.min != 1ms", false, "1.00 ms"},
      {"send_lag.p100 <= 1ms", true, "1.00 ms"},
      {"send_lag.mean < 1ms", false, "1.00 ms"},
      {"errors <= 1%", true, "1.0 % (10 of 1,000)"},
      {"errors < 1%", false, "1.0 % (10 of 1,000)"},
      {"errors < 11", true, "10 of 1,000"},
      {"failed == 2", true, "2 of 1,000"},
      {"failed < 0.3%", true, "0.2 % (2 of 1,000)"},
      {"timed_out == 0", false, "2 of 1,000"},
      {"shed < 1%", true, "1.0 % (10 of 1,010)"},
      {"shed == 0", false, "10 of 1,010"},
      {"status.5xx == 0", false, "5 of 995"},
      {"status.5xx < 1%", true, "0.5 % (5 of 995)"},
      {"status.503 == 5", true, "5 of 995"},
      {"status.500 == 0", true, "0 of 995"},
      {"status.200 >= 99%", true, "99.5 % (990 of 995)"},
      {"status.2xx != 990", false, "990 of 995"},
      {"achieved_rate > 99", true, "100.4/s"},
      {"achieved_rate > 101", false, "100.4/s"},
      {"errors == 0 for GET /a", true, "0 of 990"},
      {"errors >= 100% for GET /b", true, "100.0 % (10 of 10)"},
      {"failed < 10% for GET /b", false, "20.0 % (2 of 10)"},
      {"timed_out < 3 for GET /b", true, "2 of 10"},
      {"status.5xx == 0 for GET /a", true, "0 of 990"},
      {"status.503 == 5 for GET /b", true, "5 of 5"},
      {"latency.max < 991ms for GET /a", false, "991.00 ms"},
      {"service_time.max < 991ms for GET /a", true, "990.00 ms"},
      {"service_time.max > 1s for GET /b", true, "2.00 s"},
      {"send_lag.max == 1ms for GET /b", true, "1.00 ms"},
      {"achieved_rate < 2 for GET /b", true, "1.0/s"},
  };
  for (const auto& row : kRows) {
    const ThresholdResult result = Evaluated(row.text);
    EXPECT_EQ(result.passed, row.passed) << row.text;
    EXPECT_EQ(result.observed, row.observed) << row.text;
    EXPECT_TRUE(result.measured) << row.text;
    EXPECT_FALSE(result.aborted);
    EXPECT_EQ(result.threshold.text, row.text);
  }
}

TEST(ThresholdEvaluatorTest, APercentilePassesOnlyWithItsWholeBucket) {
  // 1 s lies in the bucket from 998,244,352 to 1,000,341,503 ns.
  OutcomeLog log;
  for (int i = 0; i < 10; ++i) {
    Send(1, OutcomeKind::kCompleted, 200, milliseconds(995 + i), "GET /", &log);
  }
  const auto passed = [&](const char* text) {
    return EvaluateThresholds({Parsed(text)}, log.totals())[0].passed;
  };
  EXPECT_TRUE(passed("service_time.p50 < 1004ms"));
  EXPECT_FALSE(passed("service_time.p50 < 1000ms"));
  EXPECT_FALSE(passed("service_time.p50 < 1000341503ns"));
  EXPECT_TRUE(passed("service_time.p50 <= 1000341503ns"));
  EXPECT_TRUE(passed("service_time.p50 > 998ms"));
  EXPECT_FALSE(passed("service_time.p50 > 999ms"));
  EXPECT_FALSE(passed("service_time.p50 > 998244352ns"));
  EXPECT_TRUE(passed("service_time.p50 >= 998244352ns"));
  EXPECT_FALSE(passed("service_time.p50 == 999ms"));
  EXPECT_FALSE(passed("service_time.p50 != 999ms"));
  EXPECT_TRUE(passed("service_time.p50 != 1003ms"));
  EXPECT_EQ(EvaluateThresholds({Parsed("service_time.p50 < 1s")}, log.totals())[0].value,
            1'000'341'503);
  EXPECT_EQ(EvaluateThresholds({Parsed("service_time.p50 > 1s")}, log.totals())[0].value,
            998'244'352);
}

TEST(ThresholdEvaluatorTest, ATimeThatReadsLikeItsBoundIsShownInFull) {
  OutcomeLog log;
  Send(1, OutcomeKind::kCompleted, 200, milliseconds(250) + Nanos(7), "GET /", &log);
  EXPECT_EQ(EvaluateThresholds({Parsed("service_time.max < 250ms")}, log.totals())[0].observed,
            "250,000,007 ns");
}

TEST(ThresholdEvaluatorTest, AShareIsExactAtItsBound) {
  for (const int percent : {1, 3, 7, 29, 57, 58, 100}) {
    OutcomeLog log;
    Send(static_cast<uint64_t>(10 * percent), OutcomeKind::kFailed, 0, {}, "GET /", &log);
    Send(static_cast<uint64_t>(1000 - 10 * percent), OutcomeKind::kCompleted, 200, {}, "GET /",
         &log);
    const std::string bound = std::to_string(percent) + "%";
    const auto results = EvaluateThresholds(
        {Parsed("errors <= " + bound), Parsed("errors < " + bound), Parsed("errors >= " + bound),
         Parsed("errors == " + bound), Parsed("errors != " + bound)},
        log.totals());
    EXPECT_TRUE(results[0].passed) << bound;
    EXPECT_FALSE(results[1].passed) << bound;
    EXPECT_TRUE(results[2].passed) << bound;
    EXPECT_TRUE(results[3].passed) << bound;
    EXPECT_FALSE(results[4].passed) << bound;
  }
}

TEST(ThresholdEvaluatorTest, WhatWasNotMeasuredHasNotPassed) {
  const OutcomeTotals nothing;
  for (const char* text :
       {"latency.p99 < 1s", "service_time.max < 1s", "send_lag.mean < 1s", "errors == 0",
        "failed < 1%", "timed_out == 0", "shed == 0", "status.5xx == 0", "achieved_rate < 5"}) {
    const ThresholdResult result = EvaluateThresholds({Parsed(text)}, nothing)[0];
    EXPECT_FALSE(result.passed) << text;
    EXPECT_FALSE(result.measured) << text;
    EXPECT_EQ(result.observed, "nothing was measured") << text;
  }
  OutcomeLog log;
  Send(5, OutcomeKind::kFailed, 0, {}, "GET /", &log);
  EXPECT_FALSE(EvaluateThresholds({Parsed("latency.p99 < 1s")}, log.totals())[0].measured);
  EXPECT_FALSE(EvaluateThresholds({Parsed("status.5xx == 0")}, log.totals())[0].measured);
}

TEST(ThresholdEvaluatorTest, AnEndpointThatWasNotSeenHasNotPassedAndTheNearestIsNamed) {
  const struct {
    const char* text;
    const char* nearest;
  } kRows[] = {{"errors == 0 for GET /bb", "GET /b"},
               {"errors == 0 for /a/{id}", "GET /a"},
               {"latency.p99 < 1s for GET /", "GET /a"}};
  for (const auto& row : kRows) {
    const ThresholdResult result = Evaluated(row.text);
    EXPECT_FALSE(result.passed);
    EXPECT_FALSE(result.measured);
    EXPECT_EQ(
        result.observed,
        std::string("nothing was measured: no request was of this endpoint; the nearest is ") +
            row.nearest);
  }
  const std::vector<Threshold> thresholds = {Parsed("errors == 0 for /a")};
  const OutcomeLog log(Groups(thresholds));
  EXPECT_EQ(EvaluateThresholds(thresholds, log.totals())[0].observed,
            "nothing was measured: no request was of this endpoint");
}

// After `good` answers in 1 ms and then `bad` 503s in 5 ms.
bool FailsAfter(uint64_t good, uint64_t bad, const std::string& text) {
  OutcomeLog log;
  Send(good, OutcomeKind::kCompleted, 200, milliseconds(1), "GET /", &log);
  Send(bad, OutcomeKind::kCompleted, 503, milliseconds(5), "GET /", &log);
  return FailureSoFar(Parsed(text), log.totals()).has_value();
}

TEST(ThresholdEvaluatorTest, ARunInItsCourseFailsWithEnoughSamplesOrForGood) {
  EXPECT_FALSE(FailsAfter(0, 0, "errors == 0"));
  EXPECT_FALSE(FailsAfter(1000, 0, "errors < 1%"));
  EXPECT_FALSE(FailsAfter(0, 99, "errors < 1%"));
  EXPECT_TRUE(FailsAfter(0, 100, "errors < 1%"));
  EXPECT_FALSE(FailsAfter(0, 99, "service_time.p50 < 3ms"));
  EXPECT_TRUE(FailsAfter(0, 100, "service_time.p50 < 3ms"));
  EXPECT_FALSE(FailsAfter(0, 99, "service_time.p99 < 3ms"));
  EXPECT_TRUE(FailsAfter(0, 100, "service_time.p99 < 3ms"));
  EXPECT_FALSE(FailsAfter(0, 999, "service_time.p99.9 < 3ms"));
  EXPECT_TRUE(FailsAfter(0, 1000, "service_time.p99.9 < 3ms"));
  EXPECT_FALSE(FailsAfter(0, 999, "service_time.p0.1 < 3ms"));
  EXPECT_FALSE(FailsAfter(0, 99, "service_time.mean < 3ms"));
  EXPECT_TRUE(FailsAfter(0, 100, "service_time.mean < 3ms"));
  EXPECT_FALSE(FailsAfter(99, 0, "achieved_rate > 1000"));
  EXPECT_TRUE(FailsAfter(100, 0, "achieved_rate > 1000"));
  // What only rises is beyond mending at once; what must yet rise is waited for.
  EXPECT_TRUE(FailsAfter(5, 1, "status.5xx == 0"));
  EXPECT_TRUE(FailsAfter(5, 3, "status.5xx < 3"));
  EXPECT_FALSE(FailsAfter(5, 3, "status.5xx <= 3"));
  EXPECT_FALSE(FailsAfter(500, 3, "status.5xx == 4"));
  EXPECT_FALSE(FailsAfter(500, 0, "status.200 > 1000"));
  EXPECT_FALSE(FailsAfter(500, 3, "status.5xx != 3"));
  EXPECT_TRUE(FailsAfter(0, 1, "service_time.max < 3ms"));
  EXPECT_TRUE(FailsAfter(0, 1, "service_time.p100 <= 3ms"));
  EXPECT_FALSE(FailsAfter(500, 0, "service_time.max > 3ms"));
  EXPECT_TRUE(FailsAfter(1, 0, "service_time.min > 3ms"));
  EXPECT_FALSE(FailsAfter(0, 500, "service_time.min < 3ms"));
}

}  // namespace
}  // namespace shadowreel
