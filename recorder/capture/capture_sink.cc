#include "recorder/capture/capture_sink.h"

#include <utility>

namespace shadowreel {

bool CaptureSink::Admit() {
  const uint64_t ordinal = ledger_.Received();
  if (ended_ || disk_.budget_spent) {
    ledger_.AfterEnd();
    return false;
  }
  if (!sampler_.Keeps(recording_, ordinal)) {
    ledger_.SampledOut();
    return false;
  }
  return true;
}

Ticket CaptureSink::Offer(Record&& record) {
  if (ended_) {
    ledger_.AfterEnd();
    return kNoTicket;
  }
  record.weight *= weight_;
  const size_t bytes = ApproximateBytes(record);
  if (!queue_.TryPush(std::move(record), bytes)) {
    ledger_.Shed(disk_.full_queue_reason);
    return kNoTicket;
  }
  ++last_ticket_;
  return durable_ && !disk_.away() ? last_ticket_ : kNoTicket;
}

void CaptureSink::Answered(TicketOutcome outcome) { ledger_.Answered(outcome); }

void CaptureSink::Shed() {
  if (ended_) {
    ledger_.AfterEnd();
  } else {
    ledger_.Shed(ShedReason::kUploads);
  }
}

void CaptureSink::Refuse(Refusal refusal) {
  ledger_.Received();
  ledger_.Refused(refusal);
}

}  // namespace shadowreel
