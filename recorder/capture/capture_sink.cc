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

void CaptureSink::Offer(Record&& record) {
  if (ended_) {
    ledger_.AfterEnd();
    return;
  }
  record.weight *= sampler_.weight();
  const size_t bytes = ApproximateBytes(record);
  if (!queue_.TryPush(std::move(record), bytes)) ledger_.Shed(disk_.full_queue_reason);
}

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
