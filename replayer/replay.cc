#include "replayer/replay.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "base/status.h"
#include "formats/segment/segment_reader.h"
#include "formats/segment/trace_reader.h"
#include "net/transport/curl_transport.h"
#include "replayer/measure/outcome_log.h"
#include "replayer/measure/outcome_tee.h"
#include "replayer/measure/outcome_writer.h"
#include "replayer/preflight.h"
#include "replayer/report/json_report.h"
#include "replayer/run_monitor.h"
#include "replayer/verdict/threshold_evaluator.h"
#include "replayer/verdict/threshold_groups.h"
#include "replayer/verdict/threshold_watch.h"

namespace shadowreel {
namespace {

constexpr std::chrono::milliseconds kConnectTimeout{5'000};

// The planner is ahead of the pacer, and may give way to it: where they share a processor, a chunk
// that is being decoded would hold up what is due. Of a contended one it still gets a tenth.
constexpr int kPlannerNiceness = 10;

// Outcomes among a recording's segments would make it one that nothing reads any more.
absl::Status CheckHoldsNoRecording(const std::string& out, FileSystem& files) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(out));
  for (const std::string& name : names) {
    if (!name.ends_with(".seg") || name == "outcomes.seg") continue;
    return UnusableError("--out={}: holds a recording ({}); name another directory", out, name);
  }
  return absl::OkStatus();
}

// The directory itself is created, its parent is not.
absl::Status PrepareOut(const std::string& out, FileSystem& files) {
  switch (files.Kind(out)) {
    case FileKind::kDirectory:
      return CheckHoldsNoRecording(out, files);
    case FileKind::kMissing:
      return files.CreateDirectory(out);
    default:
      return UnusableError("{}: is not a directory", out);
  }
}

std::vector<Uuid> RecordingsOf(const TraceReader& trace) {
  std::vector<Uuid> recordings;
  for (const auto& segment : trace.segments()) {
    const std::string& bytes = segment->header().recording_uuid();
    Uuid uuid{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), uuid.size()), uuid.begin());
    if (std::find(recordings.begin(), recordings.end(), uuid) == recordings.end()) {
      recordings.push_back(uuid);
    }
  }
  return recordings;
}

absl::StatusOr<std::unique_ptr<OutcomeWriter>> OpenOutcomes(const ReplayOptions& options,
                                                            const TraceReader& trace,
                                                            const Clock& clock, FileSystem& files) {
  if (options.out.empty()) return std::unique_ptr<OutcomeWriter>();
  RETURN_IF_ERROR(PrepareOut(options.out, files));
  OutcomeOrigin origin;
  origin.run_start = clock.WallNow();
  origin.made_by = options.command;
  origin.recordings = RecordingsOf(trace);
  return OutcomeWriter::Create(files, clock, options.out, origin);
}

absl::StatusOr<std::unique_ptr<CurlTransport>> Connect(const ReplayOptions& options,
                                                       const StopSource& stop, const Clock& clock,
                                                       RunSink& sink) {
  CurlTransportOptions transport;
  transport.target = options.target;
  if (options.subset.has_value()) transport.endpoints = options.subset->endpoints;
  transport.guard = options.address_guard;
  transport.ca_file = options.ca_file;
  transport.request_timeout = options.request_timeout;
  transport.connect_timeout = std::min(kConnectTimeout, options.request_timeout);
  transport.max_connections = options.run.max_in_flight;
  transport.stop_sending = &stop.flag();
  return CurlTransport::Create(std::move(transport), clock, sink);
}

// What a run leaves behind.
struct Ended {
  explicit Ended(EndpointGroups groups) : log(std::move(groups)) {}

  RunTimes times;
  ReplayLedger planned;
  std::string plan_digest;
  absl::Status plan_status;
  OutcomeLog log;
  std::optional<ThresholdWatch::Failure> failure{};  // that ended the run
  std::string transport;
  std::string signal;
  absl::Status outcomes_status;
};

// Runs planner and pacer beside each other until both are done. A plan that a safety rule ended
// stops the run at once.
RunTimes RunBeside(Planner& planner, const RunOptions& options, const RunParts& parts,
                   absl::Status* plan_status) {
  std::thread planning([&] {
    [[maybe_unused]] const int niceness = nice(kPlannerNiceness);  // in Linux: of this thread
    *plan_status = planner.Run();
    if (ExitCodeFor(*plan_status) == ExitCode::kSafety) parts.stop.Request();
  });
  RunTimes times = Run(options, parts);
  planning.join();
  return times;
}

absl::StatusOr<Ended> SendAll(const ReplayOptions& options, TraceReader* trace, const Clock& clock,
                              FileSystem& files) {
  StopSource stop;
  ProgressCounter progress;
  RunSink sink;
  ASSIGN_OR_RETURN(const auto monitor, RunMonitor::Start(&stop, &progress));
  ASSIGN_OR_RETURN(const auto transport, Connect(options, stop, clock, sink));
  ASSIGN_OR_RETURN(const auto outcomes, OpenOutcomes(options, *trace, clock, files));

  Ended ended(GroupsOfThresholds(options.thresholds, options.planner.endpoints));
  ThresholdWatch watch(options.thresholds, ended.log.totals());
  std::vector<OutcomeSink*> sinks = {&ended.log, &progress};
  if (outcomes != nullptr) sinks.push_back(outcomes.get());
  OutcomeTee tee(std::move(sinks));
  PlanQueue queue(kPlanQueueLimits);
  Planner planner(options.planner, GuardFor(options), Rewriter(options.rewriter),
                  Schedule(options.schedule), trace, &queue);
  ended.times = RunBeside(planner, options.run,
                          RunParts{.plan = queue,
                                   .transport = *transport,
                                   .sink = sink,
                                   .clock = clock,
                                   .files = files,
                                   .outcomes = tee,
                                   .stop = stop,
                                   .watch = &watch},
                          &ended.plan_status);
  if (ended.times.end == RunEnd::kThreshold) ended.failure = watch.failure();
  ended.planned = planner.ledger();
  ended.plan_digest = planner.digest();
  if (outcomes != nullptr) ended.outcomes_status = outcomes->Seal(ended.plan_digest);
  NoteUnrouted(planner.unrouted(), ended.planned.planned);
  ended.transport = transport->Describe();
  ended.signal = monitor->Signal();
  return ended;
}

RunFacts FactsOf(const ReplayOptions& options, const Ended& ended) {
  RunFacts facts = FactsOf(options);
  facts.transport = ended.transport;
  facts.plan_digest = ended.plan_digest;
  facts.started = ended.times.started_wall;
  facts.duration = ended.times.ended;
  if (!ended.plan_status.ok()) {
    facts.stopped_by = Message(ended.plan_status);
  } else if (!ended.signal.empty() && !ended.failure.has_value()) {
    facts.stopped_by = ended.signal;
  } else {
    facts.stopped_by = ended.times.reason;
  }
  facts.ended_by_threshold = ended.failure.has_value() && ended.plan_status.ok();
  if (!options.out.empty()) {
    facts.files = {JoinPath(options.out, "summary.json"), JoinPath(options.out, "outcomes.seg")};
  }
  return facts;
}

// A threshold that ended the run has failed, whatever the rest of it made of its value.
std::vector<ThresholdResult> JudgeThresholds(const ReplayOptions& options, const Ended& ended) {
  auto results = EvaluateThresholds(options.thresholds, ended.log.totals());
  if (ended.failure.has_value()) results[ended.failure->threshold] = ended.failure->result;
  return results;
}

// Nothing could be sent, because no connection could be had.
absl::Status CheckReached(const ReplayOptions& options, const ReplayLedger& ledger) {
  if (ledger.sent > 0 || ledger.unsent == 0) return absl::OkStatus();
  const std::string why =
      ledger.unsent_by.empty() ? "no connection" : ledger.unsent_by.begin()->first;
  std::string where = options.target.Url();
  if (options.subset.has_value()) where += fmt::format(" (subset {})", options.subset->name);
  return UnusableError("{}: not one of {} requests could be sent: {}", where, ledger.unsent, why);
}

absl::Status FirstError(std::initializer_list<absl::Status> statuses) {
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

RunFacts FactsOf(const ReplayOptions& options) {
  RunFacts facts;
  facts.run_id = options.run_id;
  facts.recording = fmt::format("{}", fmt::join(options.recordings, ","));
  facts.target = options.target.Url();
  facts.subset = SubsetFactsOf(options);
  facts.load = DescribeLoad(options);
  facts.closed_loop = options.schedule.pacing == Pacing::kClosedLoop;
  return facts;
}

absl::StatusOr<ReplayResult> Replay(const ReplayOptions& options, const Clock& clock,
                                    FileSystem& files) {
  ASSIGN_OR_RETURN(const auto trace, OpenTrace(options, files));
  RETURN_IF_ERROR(CheckPlanSafety(options, *trace));
  RETURN_IF_ERROR(CheckAddresses(options));
  ASSIGN_OR_RETURN(const Ended ended, SendAll(options, trace.get(), clock, files));

  ReplayResult result;
  result.summary =
      Summarize(FactsOf(options, ended), ended.planned, ended.log.totals(), options.summary);
  if (auto reason = WhyNothingPlanned(result.summary.ledger, !options.thresholds.empty())) {
    result.summary.reasons.push_back(std::move(*reason));
  }
  result.summary.thresholds = JudgeThresholds(options, ended);
  SpareWhatFlattered(&result.summary);
  const ReplayLedger& ledger = result.summary.ledger;
  absl::Status written;
  if (!options.out.empty()) {
    written = WriteFileAtomically(files, JoinPath(options.out, "summary.json"),
                                  JsonReport(result.summary));
  }
  // A target that is not there trips the breaker, too, and is no safety matter.
  const absl::Status stopped = SafetyOf(ended.times);
  const absl::Status refused = ended.times.end == RunEnd::kRefused ? stopped : absl::OkStatus();
  result.trouble = FirstError({refused, ended.plan_status, CheckReached(options, ledger), stopped,
                               ended.outcomes_status, written});
  return result;
}

}  // namespace shadowreel
