#pragma once

#include "base/bounded_queue.h"
#include "formats/record.h"
#include "formats/sampler.h"
#include "recorder/capture/disk_condition.h"
#include "recorder/capture/ledger.h"
#include "recorder/capture/record_sink.h"

namespace shadowreel {

// Counts and samples what the sessions receive, and queues it for the roller. Owned and called by
// the listener's thread.
class CaptureSink final : public RecordSink {
 public:
  // The references must outlive the sink. `recording` and a request's ordinal in the capture are
  // the sampling key. `mirrored_percent` is what the mirror sends of its requests, above 0.
  // `durable`: answers wait for the disk, unless it is known to be away.
  CaptureSink(const Uuid& recording, const Sampler& sampler, double mirrored_percent,
              BoundedQueue<Record>& queue, const DiskCondition& disk, Ledger& ledger, bool durable)
      : recording_(recording),
        sampler_(sampler),
        weight_(sampler.weight() * 100 / mirrored_percent),
        queue_(queue),
        disk_(disk),
        ledger_(ledger),
        durable_(durable) {}

  bool Admit() override;
  Ticket Offer(Record&& record) override;
  void Answered(TicketOutcome outcome) override;
  void Shed() override;
  void Refuse(Refusal refusal) override;

  // From now on requests count as after_end, unfinished ones included.
  void End() { ended_ = true; }

 private:
  const Uuid recording_;
  const Sampler sampler_;
  const double weight_;  // of a record: how many requests it stands for
  BoundedQueue<Record>& queue_;
  const DiskCondition& disk_;
  Ledger& ledger_;
  const bool durable_;
  Ticket last_ticket_ = kNoTicket;  // of what has entered the queue
  bool ended_ = false;
};

}  // namespace shadowreel
