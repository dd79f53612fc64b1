#include "tests/replayer/report/example_summary.h"

#include <fmt/format.h>

namespace shadowreel {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

RunFacts Facts() {
  return {.run_id = "4f2a9c31d07be856",
          .recording = "recordings/evening",
          .target = "http://127.0.0.1:18082",
          .transport = "curl 7.88.1",
          .load = "speed 2, percent 50",
          .plan_digest = "0f3a91c2d4e5b6a79880716253443526",
          .started = WallTime(milliseconds(1'700'000'000'123)),
          .duration = milliseconds(62'100),
          .stopped_by = "",
          .files = {"out/summary.json", "out/outcomes.seg"}};
}

// The planner's part: half sampled out, some skipped.
ReplayLedger Planned(uint64_t planned) {
  ReplayLedger ledger;
  ledger.filtered_by = {{"method", 17}, {"path", 300}};
  ledger.filtered = 317;
  ledger.sampled_out = 12'073;
  ledger.skipped_by = {{"method POST", 40}, {"incomplete", 5}};
  ledger.skipped = 45;
  ledger.planned = planned;
  ledger.read = ledger.filtered + ledger.sampled_out + ledger.skipped + planned;
  return ledger;
}

Outcome Sent(uint64_t i, OutcomeKind kind, uint16_t status) {
  const Nanos intended = milliseconds(5 * i);
  const Nanos sent = intended + microseconds(20 + i % 50);
  return {.index = i,
          .kind = kind,
          .intended = intended,
          .sent = sent,
          .done = sent + microseconds(800 + (i * i) % 5000),
          .status = status,
          .response_bytes = 512};
}

void SendMost(uint64_t count, OutcomeLog* log) {
  for (uint64_t i = 0; i < count; ++i) {
    const uint16_t status = i % 31 == 0 ? 404 : i % 997 == 0 ? 503 : 200;
    const std::string endpoint = i % 3 != 0 ? "GET /cart" : fmt::format("GET /product/{}", i % 25);
    log->OnOutcome(Sent(i, OutcomeKind::kCompleted, status), endpoint, "");
  }
}

}  // namespace

Summary ExampleSummary() {
  OutcomeLog log;
  constexpr uint64_t kCompleted = 12'300;
  SendMost(kCompleted, &log);
  uint64_t i = kCompleted;
  const auto end = [&](OutcomeKind kind, const char* error) {
    log.OnOutcome(Sent(i++, kind, 0), "GET /search/" + std::string(90, 'q'), error);
  };
  for (int n = 0; n < 20; ++n) end(OutcomeKind::kFailed, "connection reset");
  end(OutcomeKind::kFailed, "response is no HTTP");
  for (int n = 0; n < 12; ++n) end(OutcomeKind::kTimedOut, "timeout");
  end(OutcomeKind::kAbandoned, "drain ended");
  for (int n = 0; n < 7; ++n) end(OutcomeKind::kShed, "in-flight cap");
  for (int n = 0; n < 4; ++n) end(OutcomeKind::kUnsent, "connection refused");
  return Summarize(Facts(), Planned(i), log.totals(), {});
}

Summary GeneratorLimitedSummary() {
  OutcomeLog log;
  SendMost(1000, &log);
  uint64_t i = 1000;
  for (int n = 0; n < 2000; ++n) {
    Outcome late = Sent(i++, OutcomeKind::kCompleted, 200);
    late.sent += milliseconds(250);
    late.done += milliseconds(250);
    log.OnOutcome(late, "GET /cart", "");
  }
  for (int n = 0; n < 1500; ++n) log.OnOutcome(Sent(i++, OutcomeKind::kShed, 0), "", "rate cap");
  for (int n = 0; n < 300; ++n) log.OnOutcome(Sent(i++, OutcomeKind::kCancelled, 0), "", "");
  RunFacts facts = Facts();
  facts.stopped_by =
      "the breaker: 61.2 % of the last 1,000 requests within 10.00 s failed, timed out or were "
      "answered with 5xx, more than 50.0 %";
  return Summarize(facts, Planned(i), log.totals(), {});
}

Summary EmptySummary() {
  RunFacts facts = Facts();
  facts.load = "speed 1, percent 0";
  facts.files.clear();
  ReplayLedger ledger;
  ledger.read = ledger.sampled_out = 24'780;
  return Summarize(facts, ledger, {}, {});
}

}  // namespace shadowreel
