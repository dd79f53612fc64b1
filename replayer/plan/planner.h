#pragma once

#include <absl/status/status.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bounded_queue.h"
#include "formats/record.h"
#include "formats/record_filter.h"
#include "formats/sampler.h"
#include "formats/segment/trace_reader.h"
#include "replayer/measure/ledger.h"
#include "replayer/plan/endpoint.h"
#include "replayer/plan/plan_digest.h"
#include "replayer/plan/planned_request.h"
#include "replayer/plan/rewriter.h"
#include "replayer/plan/safety_rules.h"
#include "replayer/plan/schedule.h"
#include "scenarios/manifests/route_rewrites.h"

namespace shadowreel {

using PlanQueue = BoundedQueue<PlannedRequest>;

// Room between planner and pacer.
inline constexpr PlanQueue::Limits kPlanQueueLimits = {.bytes = size_t{16} << 20, .items = 16384};

struct PlannerOptions {
  RecordFilter filter{};  // what it leaves out is not planned, whatever it is
  double percent = 100;   // of records that are kept
  uint64_t seed = 0;
  // Records with the same value of this header are kept or dropped together; those without it, and
  // all when it is empty, are sampled one by one.
  std::string sample_header;
  bool allow_side_effects = false;
  EndpointNamer endpoints{};  // of what is sent
  // What a mesh's routes do to what is sent; null: nothing.
  std::shared_ptr<const RouteRewrites> route_rewrites;
};

// Turns a trace into a plan: filter, sampling, safety rules, rewriting, schedule. The schedule's
// zero is the trace's first record, whatever becomes of it, so that samples of a trace stay
// aligned. Owner: the planning thread; ledger() after Run.
class Planner {
 public:
  // `trace` and `queue` outlive the planner.
  Planner(PlannerOptions options, AuthorityGuard guard, Rewriter rewriter, Schedule schedule,
          TraceReader* trace, PlanQueue* queue);

  // Plans until the trace or the run's duration ends or the queue is closed, then closes the
  // queue. An error of the trace, or a record that was taken from the target, ends the plan; what
  // was planned before stays planned. Once.
  absl::Status Run();

  // read, filtered, sampled_out, skipped, planned, filtered_by and skipped_by. Records behind the
  // end of the plan are not read.
  ReplayLedger ledger() const;

  // Of what was planned (PlanDigest::Value), which is all only when the plan came to its end: of a
  // run that was stopped, what it happened to be ahead then.
  std::string digest() const { return digest_.Value(); }

  // Planned records that no route fitted: sent as recorded.
  uint64_t unrouted() const { return unrouted_; }

 private:
  enum class Step { kNext, kEnd };

  absl::StatusOr<Step> Plan(Record&& record);
  bool Samples(const Record& record) const;
  absl::Status CheckAuthorities(const Record& record);
  Step LeaveOut(RecordFilter::Reason reason);
  Step Skip(SkipReason reason);

  const PlannerOptions options_;
  const Sampler sampler_;
  const AuthorityGuard guard_;
  const Rewriter rewriter_;
  const Schedule schedule_;
  TraceReader* const trace_;
  PlanQueue* const queue_;
  WallTime zero_;
  std::string checked_authority_;  // the last one found harmless
  std::string checked_stripped_authority_;
  ReplayLedger ledger_;
  std::array<uint64_t, RecordFilter::kReasons> filtered_by_{};
  std::array<uint64_t, kSkipReasons> skipped_by_{};
  PlanDigest digest_;
  uint64_t unrouted_ = 0;
};

}  // namespace shadowreel
