#include "replayer/measure/outcome_log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "replayer/measure/outcome_tee.h"

namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Outcome Ended(OutcomeKind kind, Nanos intended, Nanos sent, Nanos done, uint16_t status = 0) {
  return {.index = 0,
          .kind = kind,
          .intended = intended,
          .sent = sent,
          .done = done,
          .status = status,
          .response_bytes = 10};
}

Outcome Completed(Nanos intended, Nanos sent, Nanos done, uint16_t status = 200) {
  return Ended(OutcomeKind::kCompleted, intended, sent, done, status);
}

Outcome NotSent(OutcomeKind kind, Nanos intended) { return Ended(kind, intended, {}, {}); }

TEST(OutcomeLogTest, AFrozenTargetShowsInLatencyAndNotInServiceTime) {
  // The schedule says one request every 10 ms. The target freezes for a second; the requests of
  // that second leave when it is over and are answered in 1 ms.
  OutcomeLog log;
  for (int i = 0; i < 100; ++i) {
    const Nanos intended = milliseconds(10 * i);
    log.OnOutcome(Completed(intended, seconds(1), milliseconds(1001)), "GET /", "");
  }
  const OutcomeTotals& totals = log.totals();
  EXPECT_EQ(totals.service_time.max(), milliseconds(1));
  EXPECT_EQ(totals.latency.max(), milliseconds(1001));
  EXPECT_GE(totals.latency.Quantile(0.5), milliseconds(500));
  EXPECT_EQ(totals.send_lag.max(), seconds(1));
}

TEST(OutcomeLogTest, EveryKindCountsWhereItBelongs) {
  OutcomeLog log;
  const Nanos t = milliseconds(100);
  log.OnOutcome(Completed(t, t + Nanos(1), t + Nanos(5)), "GET /", "");
  log.OnOutcome(Ended(OutcomeKind::kFailed, t, t + Nanos(2), t + Nanos(9)), "GET /", "reset");
  log.OnOutcome(Ended(OutcomeKind::kTimedOut, t, t + Nanos(3), t + Nanos(50)), "GET /", "timeout");
  log.OnOutcome(Ended(OutcomeKind::kAbandoned, t, t + Nanos(4), {}), "GET /", "drain ended");
  log.OnOutcome(NotSent(OutcomeKind::kUnsent, t), "GET /", "connection refused");
  log.OnOutcome(NotSent(OutcomeKind::kShed, t), "GET /", "in-flight cap");
  log.OnOutcome(NotSent(OutcomeKind::kCancelled, t), "GET /", "SIGINT");

  const OutcomeTotals& totals = log.totals();
  for (const uint64_t count : totals.kinds) EXPECT_EQ(count, 1u);
  // Send lag is of all four that were sent; latency and service time of the answered one and the
  // one that timed out.
  EXPECT_EQ(totals.send_lag.count(), 4u);
  EXPECT_EQ(totals.send_lag.max(), Nanos(4));
  EXPECT_EQ(totals.latency.count(), 2u);
  EXPECT_EQ(totals.latency.min(), Nanos(5));
  EXPECT_EQ(totals.latency.max(), Nanos(50));
  EXPECT_EQ(totals.service_time.count(), 2u);
  EXPECT_EQ(totals.service_time.max(), Nanos(47));
  EXPECT_EQ(totals.response_bytes, 10u);
  EXPECT_EQ(totals.endpoints.at("GET /").sent, 4u);
  EXPECT_EQ(totals.endpoints.at("GET /").errors, 3u);

  ReplayLedger ledger;
  ledger.read = ledger.planned = 7;
  AddOutcomes(totals, &ledger);
  EXPECT_TRUE(ledger.CheckIdentities().ok());
  EXPECT_EQ(ledger.sent, 4u);
  EXPECT_EQ(ledger.failed_by, (CountsByText{{"reset", 1}}));
  EXPECT_EQ(ledger.unsent_by, (CountsByText{{"connection refused", 1}}));
  EXPECT_EQ(ledger.shed_by, (CountsByText{{"in-flight cap", 1}}));
}

TEST(OutcomeLogTest, StatusIsCountedAndOnlyServerErrorsAreErrors) {
  OutcomeLog log;
  for (const uint16_t status : {200, 200, 404, 499, 500, 503}) {
    log.OnOutcome(Completed({}, {}, Nanos(1), status), "GET /", "");
  }
  EXPECT_EQ(log.totals().status,
            (std::map<uint16_t, uint64_t>{{200, 2}, {404, 1}, {499, 1}, {500, 1}, {503, 1}}));
  EXPECT_EQ(log.totals().endpoints.at("GET /").errors, 2u);
}

TEST(OutcomeLogTest, EndpointsPastTheBoundShareOneRow) {
  OutcomeLog log;
  for (size_t i = 0; i < OutcomeLog::kMaxEndpoints + 5; ++i) {
    log.OnOutcome(Completed({}, {}, Nanos(1)), fmt::format("GET /{}", i), "");
  }
  log.OnOutcome(Completed({}, {}, Nanos(1)), "GET /0", "");
  const EndpointTable& endpoints = log.totals().endpoints;
  EXPECT_EQ(endpoints.size(), OutcomeLog::kMaxEndpoints + 1);
  EXPECT_EQ(endpoints.at(std::string(kOther)).sent, 5u);
  EXPECT_EQ(endpoints.at("GET /0").sent, 2u);
}

TEST(OutcomeLogTest, ErrorTextsAreBoundedInNumberAndLength) {
  OutcomeLog log;
  for (size_t i = 0; i < OutcomeLog::kMaxTexts + 5; ++i) {
    log.OnOutcome(NotSent(OutcomeKind::kUnsent, {}), "", fmt::format("error {}", i));
  }
  log.OnOutcome(NotSent(OutcomeKind::kShed, {}), "", std::string(10'000, 'x'));
  const OutcomeTotals& totals = log.totals();
  EXPECT_EQ(totals.unsent_by.size(), OutcomeLog::kMaxTexts + 1);
  EXPECT_EQ(totals.unsent_by.at(std::string(kOther)), 5u);
  EXPECT_EQ(totals.shed_by.begin()->first.size(), OutcomeLog::kMaxTextBytes);
}

TEST(OutcomeLogTest, ErrorTextsArePrintableHoweverOftenTheyCome) {
  OutcomeLog log;
  for (int i = 0; i < 3; ++i) {
    log.OnOutcome(Ended(OutcomeKind::kFailed, {}, {}, {}), "", "bad \x1b[2J\xff head");
  }
  EXPECT_EQ(log.totals().failed_by, (CountsByText{{"bad ?[2J? head", 3}}));
}

TEST(OutcomeLogTest, AMissingReasonIsSaidSo) {
  OutcomeLog log;
  log.OnOutcome(Ended(OutcomeKind::kFailed, {}, {}, {}), "", "");
  EXPECT_EQ(log.totals().failed_by, (CountsByText{{"(no reason given)", 1}}));
}

TEST(OutcomeLogTest, SpansAndSecondsAreOfWhatWasPlannedAndSent) {
  OutcomeLog log;
  log.OnOutcome(Completed(seconds(2), milliseconds(2100), seconds(3)), "", "");
  log.OnOutcome(Completed(seconds(1), milliseconds(1900), seconds(3)), "", "");
  log.OnOutcome(Completed(seconds(1), milliseconds(1999), seconds(3)), "", "");
  log.OnOutcome(NotSent(OutcomeKind::kShed, seconds(4)), "", "rate cap");
  const OutcomeTotals& totals = log.totals();
  EXPECT_EQ(totals.first_intended, seconds(1));
  EXPECT_EQ(totals.last_intended, seconds(4));
  EXPECT_EQ(totals.first_sent, milliseconds(1900));
  EXPECT_EQ(totals.last_sent, milliseconds(2100));
  EXPECT_EQ(totals.sent_per_second, (std::vector<uint32_t>{0, 2, 1}));
}

TEST(OutcomeLogTest, SecondsAreBounded) {
  OutcomeLog log;
  log.OnOutcome(Completed({}, seconds(OutcomeLog::kMaxSeconds), {}), "", "");
  EXPECT_TRUE(log.totals().sent_per_second.empty());
  EXPECT_EQ(log.totals().send_lag.count(), 1u);
}

TEST(OutcomeTeeTest, EverySinkGetsEveryOutcome) {
  OutcomeLog first;
  OutcomeLog second;
  OutcomeTee tee({&first, &second});
  tee.OnOutcome(Completed({}, {}, Nanos(1)), "GET /a", "");
  EXPECT_EQ(first.totals().endpoints.count("GET /a"), 1u);
  EXPECT_EQ(second.totals().endpoints.count("GET /a"), 1u);
}

TEST(OutcomeLogTest, GroupsTakeTheirEndpointsTogether) {
  size_t asked = 0;
  OutcomeLog log({.names = {"even", "all"}, .of = [&](std::string_view endpoint) {
                    ++asked;
                    const bool even = (endpoint.back() - '0') % 2 == 0;
                    return even ? std::vector<size_t>{0, 1} : std::vector<size_t>{1};
                  }});
  const Nanos t = milliseconds(100);
  for (int i = 0; i < 30; ++i) {
    log.OnOutcome(Completed(t, t + Nanos(1), t + Nanos(5)), fmt::format("GET /{}", i % 3), "");
  }
  log.OnOutcome(Ended(OutcomeKind::kFailed, t, t + Nanos(2), t + Nanos(9)), "GET /0", "reset");
  log.OnOutcome(Ended(OutcomeKind::kTimedOut, t, t + Nanos(3), t + Nanos(50)), "GET /0", "late");
  log.OnOutcome(Ended(OutcomeKind::kAbandoned, t, t + Nanos(4), {}), "GET /0", "drain ended");
  log.OnOutcome(Completed(t, t + Nanos(1), t + Nanos(5), 503), "GET /0", "");
  log.OnOutcome(NotSent(OutcomeKind::kShed, t), "GET /0", "in-flight cap");
  EXPECT_EQ(asked, 3u);
  const GroupTotals& even = log.totals().groups.at(0);
  EXPECT_EQ(even.name, "even");
  EXPECT_EQ(even.sent, 24u);
  EXPECT_EQ(even.errors, 4u);
  EXPECT_EQ(even.completed, 21u);
  EXPECT_EQ(even.failed, 1u);
  EXPECT_EQ(even.timed_out, 1u);
  EXPECT_EQ(even.status, (std::map<uint16_t, uint64_t>{{200, 20}, {503, 1}}));
  EXPECT_EQ(even.latency.count(), 22u);
  EXPECT_EQ(even.latency.max(), Nanos(50));
  EXPECT_EQ(even.service_time.max(), Nanos(47));
  EXPECT_EQ(even.send_lag.count(), 24u);
  EXPECT_EQ(even.send_lag.max(), Nanos(4));
  EXPECT_EQ(log.totals().groups.at(1).sent, 34u);
}

TEST(OutcomeLogTest, AGroupHoldsEndpointsPastTheBound) {
  OutcomeLog log({.names = {"last"}, .of = [](std::string_view endpoint) {
                    return endpoint == "GET /last" ? std::vector<size_t>{0} : std::vector<size_t>{};
                  }});
  for (size_t i = 0; i < OutcomeLog::kMaxEndpoints + 5; ++i) {
    log.OnOutcome(Completed({}, {}, Nanos(1)), fmt::format("GET /{}", i), "");
  }
  for (int i = 0; i < 3; ++i) log.OnOutcome(Completed({}, {}, Nanos(1)), "GET /last", "");
  EXPECT_EQ(log.totals().groups.at(0).sent, 3u);
  EXPECT_EQ(log.totals().endpoints.at(std::string(kOther)).sent, 8u);
}

}  // namespace
}  // namespace shadowreel
