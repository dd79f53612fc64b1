#include "replayer/pace/pacer.h"

#include <utility>

#include "base/check.h"

namespace shadowreel {
namespace {

OutcomeKind KindOf(ExchangeResult result) {
  switch (result) {
    case ExchangeResult::kCompleted:
      return OutcomeKind::kCompleted;
    case ExchangeResult::kFailed:
      return OutcomeKind::kFailed;
    case ExchangeResult::kTimedOut:
      return OutcomeKind::kTimedOut;
    case ExchangeResult::kUnsent:
    case ExchangeResult::kRefused:
      break;
  }
  return OutcomeKind::kUnsent;
}

}  // namespace

Pacer::Pacer(const PacerOptions& options, SteadyTime started, Transport& transport,
             OutcomeSink& outcomes)
    : closed_loop_(options.closed_loop),
      started_(started),
      transport_(transport),
      outcomes_(outcomes),
      rate_cap_(options.max_rate),
      breaker_(options.breaker),
      flights_(options.max_in_flight) {
  CHECK(options.max_in_flight > 0);
  for (size_t token = options.max_in_flight; token > 0; --token) free_.push_back(token - 1);
}

void Pacer::Release(PlannedRequest&& planned, SteadyTime now) {
  ++planned_;
  const Nanos offset = now - started_;
  if (closed_loop_) {
    CHECK(HasRoom());
    planned.intended = offset;
  } else if (!HasRoom()) {
    Shed(planned, kInFlightCap);
    return;
  } else if (!rate_cap_.Admit(now)) {
    Shed(planned, "rate cap");
    return;
  }
  Submit(std::move(planned), offset);
}

void Pacer::Submit(PlannedRequest&& planned, Nanos offset) {
  const size_t token = free_.back();
  free_.pop_back();
  Flight& flight = flights_[token];
  CHECK(!flight.in_flight);
  flight.in_flight = true;
  flight.index = planned.index;
  flight.intended = planned.intended;
  flight.released = offset;
  flight.endpoint = std::move(planned.endpoint);
  if (released_ == 0) first_release_ = offset;
  last_release_ = offset;
  ++released_;
  transport_.Submit(token, std::move(planned.request));
}

void Pacer::Shed(const PlannedRequest& planned, std::string_view error) {
  Outcome outcome;
  outcome.index = planned.index;
  outcome.kind = OutcomeKind::kShed;
  outcome.intended = planned.intended;
  outcomes_.OnOutcome(outcome, planned.endpoint, error);
}

void Pacer::Cancel(const PlannedRequest& planned) {
  ++planned_;
  Outcome outcome;
  outcome.index = planned.index;
  outcome.kind = OutcomeKind::kCancelled;
  outcome.intended = planned.intended;
  outcomes_.OnOutcome(outcome, planned.endpoint, "stopped before its release");
}

void Pacer::OnExchangeEnd(const ExchangeEnd& end) {
  CHECK(end.token < flights_.size() && flights_[end.token].in_flight);
  Flight& flight = flights_[end.token];
  Outcome outcome;
  outcome.index = flight.index;
  outcome.kind = KindOf(end.result);
  outcome.intended = flight.intended;
  if (outcome.kind != OutcomeKind::kUnsent) {
    outcome.sent = end.sent - started_;
    outcome.done = end.done - started_;
    outcome.status = end.status;
    outcome.response_bytes = end.response_bytes;
  }
  if (end.result == ExchangeResult::kRefused && refusal_.empty()) {
    refusal_ = end.error.empty() ? "refused by the address guard" : std::string(end.error);
  }
  outcomes_.OnOutcome(outcome, flight.endpoint, end.error);
  Watch(outcome, end.done);
  flight.in_flight = false;
  free_.push_back(end.token);
}

void Pacer::Watch(const Outcome& outcome, SteadyTime now) {
  const bool error = outcome.kind != OutcomeKind::kCompleted || outcome.status >= 500;
  breaker_.Add(now, error, now - started_ - outcome.intended);
}

void Pacer::AbandonRest() {
  transport_.Abandon();
  for (size_t token = 0; token < flights_.size(); ++token) {
    Flight& flight = flights_[token];
    if (!flight.in_flight) continue;
    Outcome outcome;
    outcome.index = flight.index;
    outcome.kind = OutcomeKind::kAbandoned;
    outcome.intended = flight.intended;
    outcome.sent = flight.released;
    outcomes_.OnOutcome(outcome, flight.endpoint, "unfinished when the drain ended");
    flight.in_flight = false;
    free_.push_back(token);
  }
}

}  // namespace shadowreel
