#include "replayer/dry_run.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "base/exit_code.h"
#include "base/status.h"
#include "formats/segment/trace_reader.h"
#include "replayer/plan/planner.h"
#include "replayer/preflight.h"

namespace shadowreel {
namespace {

HiddenHeaders HiddenBy(const RewriterOptions& rewriter) {
  HiddenHeaders hidden;
  for (const HeaderLine& line : rewriter.edits.set) hidden.push_back(line.name);
  for (const HeaderLine& line : rewriter.edits.add) hidden.push_back(line.name);
  if (!rewriter.marker_name.empty()) hidden.push_back(rewriter.marker_name);
  return hidden;
}

PlanFacts FactsOf(const ReplayOptions& options, const Planner& planner,
                  const absl::Status& status) {
  PlanFacts facts;
  facts.recording = fmt::format("{}", fmt::join(options.recordings, ","));
  facts.target = options.target.Url();
  facts.subset = SubsetFactsOf(options);
  facts.load = DescribeLoad(options);
  facts.digest = planner.digest();
  facts.ledger = planner.ledger();
  facts.closed_loop = options.schedule.pacing == Pacing::kClosedLoop;
  if (!status.ok()) facts.stopped_by = Message(status);
  if (auto reason = WhyNothingPlanned(facts.ledger, !options.thresholds.empty())) {
    facts.reasons.push_back(std::move(*reason));
  }
  return facts;
}

}  // namespace

absl::StatusOr<DryRunResult> DryRun(const ReplayOptions& options, const DryRunOptions& dry,
                                    FileSystem& files,
                                    const std::function<void(const std::string&)>& print) {
  ASSIGN_OR_RETURN(const auto trace, OpenTrace(options, files));
  RETURN_IF_ERROR(CheckPlanSafety(options, *trace));
  PlanQueue queue(kPlanQueueLimits);
  Planner planner(options.planner, GuardFor(options), Rewriter(options.rewriter),
                  Schedule(options.schedule), trace.get(), &queue);
  DryRunResult result;
  std::thread planning([&] { result.trouble = planner.Run(); });
  const HiddenHeaders hidden = HiddenBy(options.rewriter);
  Nanos first{0};
  Nanos last{0};
  while (const std::optional<PlannedRequest> planned = queue.Pop()) {
    if (planned->index == 0) first = planned->intended;
    last = planned->intended;
    if (planned->index >= dry.shown) continue;
    print(dry.json ? PlannedRequestJson(*planned, hidden) : PlannedRequestText(*planned, hidden));
  }
  planning.join();
  NoteUnrouted(planner.unrouted(), planner.ledger().planned);
  result.plan = FactsOf(options, planner, result.trouble);
  result.plan.first_intended = first;
  result.plan.last_intended = last;
  if (!result.plan.closed_loop) {
    result.plan.planned_rate = RateOf(result.plan.ledger.planned, first, last);
  }
  print(dry.json ? PlanJson(result.plan) : PlanText(result.plan));
  return result;
}

ExitCode ExitCodeFor(const PlanFacts& plan) {
  return plan.reasons.empty() ? ExitCode::kPass : ExitCode::kInvalid;
}

}  // namespace shadowreel
