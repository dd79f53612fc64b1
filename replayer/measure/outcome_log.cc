#include "replayer/measure/outcome_log.h"

#include <algorithm>
#include <utility>

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

void CountInGroup(const Outcome& outcome, GroupTotals* group) {
  ++group->sent;
  if (IsError(outcome)) ++group->errors;
  if (outcome.kind == OutcomeKind::kFailed) ++group->failed;
  if (outcome.kind == OutcomeKind::kTimedOut) ++group->timed_out;
  if (outcome.kind == OutcomeKind::kCompleted) {
    ++group->completed;
    ++group->status[outcome.status];
  }
  group->send_lag.Record(outcome.sent - outcome.intended);
  if (!IsMeasured(outcome.kind)) return;
  group->latency.Record(outcome.done - outcome.intended);
  group->service_time.Record(outcome.done - outcome.sent);
}

}  // namespace

double RateOf(uint64_t count, Nanos first, Nanos last) {
  if (count < 2 || last <= first) return 0;
  return static_cast<double>(count - 1) * 1e9 / static_cast<double>((last - first).count());
}

OutcomeLog::OutcomeLog(EndpointGroups groups) : groups_(std::move(groups)) {
  for (const std::string& name : groups_.names) {
    totals_.groups.emplace_back();
    totals_.groups.back().name = name;
  }
}

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

  CountEndpoint(outcome, endpoint);
  if (!IsMeasured(outcome.kind)) return;
  totals_.latency.Record(outcome.done - outcome.intended);
  totals_.service_time.Record(outcome.done - outcome.sent);
}

void OutcomeLog::CountEndpoint(const Outcome& outcome, std::string_view endpoint) {
  EndpointTable& table = totals_.endpoints;
  const auto found = table.find(endpoint);
  const bool rest = found == table.end() && table.size() >= kMaxEndpoints;
  EndpointTotals& totals = found != table.end() ? found->second : EndpointFor(endpoint);
  ++totals.sent;
  if (IsError(outcome)) ++totals.errors;
  if (IsMeasured(outcome.kind)) totals.latency.Record(outcome.done - outcome.intended);
  if (rest) {
    for (const size_t group : GroupsOf(endpoint)) CountInGroup(outcome, &totals_.groups[group]);
  } else {
    for (const size_t group : totals.groups) CountInGroup(outcome, &totals_.groups[group]);
  }
}

// Of one that is not in the table.
EndpointTotals& OutcomeLog::EndpointFor(std::string_view endpoint) {
  if (totals_.endpoints.size() >= kMaxEndpoints) return totals_.endpoints[std::string(kOther)];
  EndpointTotals& totals = totals_.endpoints[std::string(endpoint)];
  totals.groups = GroupsOf(endpoint);
  return totals;
}

std::vector<size_t> OutcomeLog::GroupsOf(std::string_view endpoint) const {
  return groups_.names.empty() ? std::vector<size_t>() : groups_.of(endpoint);
}

}  // namespace shadowreel
