#include "replayer/measure/outcome_log.h"

#include <algorithm>

namespace shadowreel {
namespace {

bool IsMeasured(OutcomeKind kind) {
  return kind == OutcomeKind::kCompleted || kind == OutcomeKind::kTimedOut;
}

bool IsError(const Outcome& outcome) {
  return outcome.kind != OutcomeKind::kCompleted || outcome.status >= 500;
}

// Error texts may quote what a target sent; reports go to terminals.
std::string Printable(std::string_view text) {
  std::string printable(text);
  for (char& c : printable) {
    if (c < ' ' || c > '~') c = '?';
  }
  return printable;
}

void CountText(std::string_view text, CountsByText* counts) {
  if (text.empty()) text = "(no reason given)";
  text = text.substr(0, OutcomeLog::kMaxTextBytes);
  if (const auto found = counts->find(text); found != counts->end()) {
    ++found->second;
    return;
  }
  std::string key = Printable(text);
  if (counts->size() >= OutcomeLog::kMaxTexts && !counts->contains(key)) key = kOther;
  ++(*counts)[key];
}

CountsByText* BreakdownOf(OutcomeKind kind, OutcomeTotals* totals) {
  switch (kind) {
    case OutcomeKind::kShed:
      return &totals->shed_by;
    case OutcomeKind::kUnsent:
      return &totals->unsent_by;
    case OutcomeKind::kFailed:
      return &totals->failed_by;
    default:
      return nullptr;
  }
}

}  // namespace

void AddOutcomes(const OutcomeTotals& totals, ReplayLedger* ledger) {
  ledger->shed = totals.count(OutcomeKind::kShed);
  ledger->cancelled = totals.count(OutcomeKind::kCancelled);
  ledger->unsent = totals.count(OutcomeKind::kUnsent);
  ledger->sent = totals.send_lag.count();
  ledger->completed = totals.count(OutcomeKind::kCompleted);
  ledger->failed = totals.count(OutcomeKind::kFailed);
  ledger->timed_out = totals.count(OutcomeKind::kTimedOut);
  ledger->abandoned = totals.count(OutcomeKind::kAbandoned);
  ledger->shed_by = totals.shed_by;
  ledger->unsent_by = totals.unsent_by;
  ledger->failed_by = totals.failed_by;
}

void OutcomeLog::OnOutcome(const Outcome& outcome, std::string_view endpoint,
                           std::string_view error) {
  ++totals_.kinds[static_cast<size_t>(outcome.kind)];
  totals_.first_intended = std::min(totals_.first_intended, outcome.intended);
  totals_.last_intended = std::max(totals_.last_intended, outcome.intended);
  if (CountsByText* breakdown = BreakdownOf(outcome.kind, &totals_); breakdown != nullptr) {
    CountText(error, breakdown);
  }
  if (outcome.kind == OutcomeKind::kCompleted) {
    ++totals_.status[outcome.status];
    totals_.response_bytes += outcome.response_bytes;
  }
  if (WasSent(outcome.kind)) CountSent(outcome, endpoint);
}

void OutcomeLog::CountSent(const Outcome& outcome, std::string_view endpoint) {
  totals_.send_lag.Record(outcome.sent - outcome.intended);
  totals_.first_sent = std::min(totals_.first_sent, outcome.sent);
  totals_.last_sent = std::max(totals_.last_sent, outcome.sent);
  const auto second =
      static_cast<size_t>(std::max(outcome.sent, Nanos(0)) / std::chrono::seconds(1));
  if (second < kMaxSeconds) {
    if (second >= totals_.sent_per_second.size()) totals_.sent_per_second.resize(second + 1);
    ++totals_.sent_per_second[second];
  }

  EndpointTotals& totals = EndpointFor(endpoint);
  ++totals.sent;
  if (IsError(outcome)) ++totals.errors;
  if (!IsMeasured(outcome.kind)) return;
  totals_.latency.Record(outcome.done - outcome.intended);
  totals_.service_time.Record(outcome.done - outcome.sent);
  totals.latency.Record(outcome.done - outcome.intended);
}

EndpointTotals& OutcomeLog::EndpointFor(std::string_view endpoint) {
  if (const auto found = totals_.endpoints.find(endpoint); found != totals_.endpoints.end()) {
    return found->second;
  }
  if (totals_.endpoints.size() >= kMaxEndpoints) endpoint = kOther;
  return totals_.endpoints[std::string(endpoint)];
}

}  // namespace shadowreel
