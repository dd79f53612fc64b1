#include "replayer/plan/planner.h"

#include <utility>

#include "base/check.h"
#include "base/status.h"

namespace shadowreel {

Planner::Planner(PlannerOptions options, AuthorityGuard guard, Rewriter rewriter, Schedule schedule,
                 TraceReader* trace, PlanQueue* queue)
    : options_(std::move(options)),
      sampler_(options_.percent, options_.seed),
      guard_(std::move(guard)),
      rewriter_(std::move(rewriter)),
      schedule_(std::move(schedule)),
      trace_(trace),
      queue_(queue),
      digest_(rewriter_.marker_name()) {}

absl::Status Planner::Run() {
  Record record;  // one for all: what planning leaves in it is memory for the next
  absl::StatusOr<Step> step = Step::kNext;
  while (step.ok() && *step == Step::kNext) {
    const absl::StatusOr<bool> more = trace_->Next(&record);
    if (!more.ok()) {
      step = more.status();
    } else {
      step = *more ? Plan(std::move(record)) : Step::kEnd;
    }
  }
  queue_->Close();
  CHECK(ledger_.read == ledger_.filtered + ledger_.sampled_out + ledger_.skipped + ledger_.planned);
  return step.status();
}

absl::StatusOr<Planner::Step> Planner::Plan(Record&& record) {
  if (ledger_.read == 0) zero_ = record.arrival;
  const Nanos intended = schedule_.IntendedTime(ledger_.planned, record.arrival - zero_);
  if (schedule_.PastEnd(intended)) return Step::kEnd;
  RETURN_IF_ERROR(CheckAuthorities(record));
  if (const auto reason = options_.filter.LeavesOut(record)) return LeaveOut(*reason);
  if (!Samples(record)) {
    ++ledger_.read;
    ++ledger_.sampled_out;
    return Step::kNext;
  }
  if (const auto reason = SkipReasonFor(record, options_.allow_side_effects)) {
    return Skip(*reason);
  }
  const bool routed =
      options_.route_rewrites == nullptr || options_.route_rewrites->Rewrite(&record);
  PlannedRequest planned;
  planned.index = ledger_.planned;
  planned.intended = intended;
  const bool names_target = rewriter_.NamesTarget(record);
  std::optional<OutboundRequest> request = rewriter_.Rewrite(std::move(record));
  if (!request) return Skip(SkipReason::kNotExpressible);
  planned.request = std::move(*request);
  planned.endpoint = options_.endpoints.NameOf(planned.request.method, planned.request.target);
  planned.request.turn = planned.index;
  const PlanDigest::Hash hash = digest_.HashOf(planned, names_target);
  const size_t bytes = ApproximateBytes(planned);
  // A closed queue takes nothing more: the run was stopped before this record.
  if (!queue_->Push(std::move(planned), bytes)) return Step::kEnd;
  ++ledger_.read;
  ++ledger_.planned;
  digest_.Add(hash);
  if (!routed) ++unrouted_;
  return Step::kNext;
}

bool Planner::Samples(const Record& record) const {
  if (!options_.sample_header.empty()) {
    if (const auto value = record.headers.Find(options_.sample_header)) {
      return sampler_.Keeps(*value);
    }
  }
  return sampler_.Keeps(record.recording, record.number);
}

// The trace's index lists a bounded number of authorities; here each record's own is looked at.
absl::Status Planner::CheckAuthorities(const Record& record) {
  if (record.authority != checked_authority_) {
    RETURN_IF_ERROR(guard_.Check(record.authority));
    checked_authority_ = record.authority;
  }
  if (record.stripped_authority != checked_stripped_authority_) {
    RETURN_IF_ERROR(guard_.Check(record.stripped_authority));
    checked_stripped_authority_ = record.stripped_authority;
  }
  return absl::OkStatus();
}

Planner::Step Planner::LeaveOut(RecordFilter::Reason reason) {
  ++ledger_.read;
  ++ledger_.filtered;
  ++filtered_by_[static_cast<size_t>(reason)];
  return Step::kNext;
}

Planner::Step Planner::Skip(SkipReason reason) {
  ++ledger_.read;
  ++ledger_.skipped;
  ++skipped_by_[static_cast<size_t>(reason)];
  return Step::kNext;
}

ReplayLedger Planner::ledger() const {
  ReplayLedger ledger = ledger_;
  for (size_t i = 0; i < filtered_by_.size(); ++i) {
    if (filtered_by_[i] == 0) continue;
    ledger.filtered_by.emplace(NameOf(static_cast<RecordFilter::Reason>(i)), filtered_by_[i]);
  }
  for (size_t i = 0; i < kSkipReasons; ++i) {
    if (skipped_by_[i] == 0) continue;
    ledger.skipped_by.emplace(NameOf(static_cast<SkipReason>(i)), skipped_by_[i]);
  }
  return ledger;
}

}  // namespace shadowreel
