#include "replayer/report/json_report.h"

#include <nlohmann/json.hpp>

#include "base/units.h"

namespace shadowreel {
namespace {

// Keeps keys in the order in which they are written, for those who read the file by eye.
using Json = nlohmann::ordered_json;

Json OfTimes(const TimeQuantiles& times) {
  return {{"p50", times.p50.count()},   {"p90", times.p90.count()}, {"p99", times.p99.count()},
          {"p999", times.p999.count()}, {"max", times.max.count()}, {"mean", times.mean.count()},
          {"count", times.count}};
}

Json OfStatus(const Summary& summary) {
  Json object = Json::object();
  for (const auto& [status, count] : summary.status) object[std::to_string(status)] = count;
  return object;
}

Json OfStatusClasses(const Summary& summary) {
  std::map<std::string, uint64_t> classes;
  for (const auto& [status, count] : summary.status) {
    classes[std::to_string(status / 100) + "xx"] += count;
  }
  return classes;
}

Json OfEndpoints(const Summary& summary) {
  Json list = Json::array();
  for (const EndpointSummary& endpoint : summary.endpoints) {
    list.push_back({{"endpoint", endpoint.endpoint},
                    {"sent", endpoint.sent},
                    {"errors", endpoint.errors},
                    {"latency_nanos",
                     {{"p50", endpoint.p50.count()},
                      {"p99", endpoint.p99.count()},
                      {"count", endpoint.measured}}}});
  }
  return list;
}

Json OfReasons(const Summary& summary) {
  Json list = Json::array();
  for (const InvalidReason& reason : summary.reasons) {
    list.push_back((reason.generator_limited ? "generator-limited: " : "") + reason.text);
  }
  return list;
}

const char* UnitName(BoundUnit unit) {
  switch (unit) {
    case BoundUnit::kNanos:
      return "nanos";
    case BoundUnit::kShare:
      return "share";
    case BoundUnit::kCount:
      return "count";
    case BoundUnit::kRate:
      return "rate";
  }
  return "";
}

Json OfThresholds(const Summary& summary) {
  Json list = Json::array();
  for (const ThresholdResult& result : summary.thresholds) {
    const Threshold& threshold = result.threshold;
    list.push_back({{"text", threshold.text},
                    {"endpoint", threshold.endpoint},
                    {"passed", result.passed},
                    {"measured", result.measured},
                    {"value", result.measured ? Json(result.value) : Json()},
                    {"bound", threshold.bound},
                    {"unit", UnitName(threshold.unit)},
                    {"observed", result.observed},
                    {"aborted", result.aborted}});
  }
  return list;
}

void AddVerdict(const Summary& summary, Json* report) {
  (*report)["valid"] = summary.valid();
  (*report)["generator_limited"] = summary.generator_limited();
  (*report)["reasons"] = OfReasons(summary);
  (*report)["notes"] = summary.notes;
  (*report)["thresholds"] = OfThresholds(summary);
}

Json OfSubset(const SubsetFacts& subset) {
  Json labels = Json::object();
  for (const auto& [key, value] : subset.labels) labels[key] = value;
  return {{"name", subset.name}, {"labels", labels}, {"endpoints", subset.endpoints}};
}

void AddRun(const RunFacts& run, Json* report) {
  (*report)["run_id"] = run.run_id;
  (*report)["recording"] = run.recording;
  (*report)["target"] = run.target;
  if (run.subset.has_value()) (*report)["subset"] = OfSubset(*run.subset);
  (*report)["transport"] = run.transport;
  (*report)["load"] = run.load;
  (*report)["plan_digest"] = run.plan_digest;
  (*report)["closed_loop"] = run.closed_loop;
  (*report)["started"] = FormatTime(run.started);
  (*report)["started_nanos"] = run.started.time_since_epoch().count();
  (*report)["duration_nanos"] = run.duration.count();
  (*report)["stopped_by"] = run.stopped_by;
}

void AddLedger(const ReplayLedger& ledger, Json* report) {
  (*report)["read"] = ledger.read;
  (*report)["filtered"] = ledger.filtered;
  (*report)["sampled_out"] = ledger.sampled_out;
  (*report)["skipped"] = ledger.skipped;
  (*report)["planned"] = ledger.planned;
  (*report)["shed"] = ledger.shed;
  (*report)["cancelled"] = ledger.cancelled;
  (*report)["unsent"] = ledger.unsent;
  (*report)["sent"] = ledger.sent;
  (*report)["completed"] = ledger.completed;
  (*report)["failed"] = ledger.failed;
  (*report)["timed_out"] = ledger.timed_out;
  (*report)["abandoned"] = ledger.abandoned;
  (*report)["filtered_by"] = ledger.filtered_by;
  (*report)["skipped_by"] = ledger.skipped_by;
  (*report)["shed_by"] = ledger.shed_by;
  (*report)["unsent_by"] = ledger.unsent_by;
  (*report)["failed_by"] = ledger.failed_by;
}

void AddMeasurements(const Summary& summary, Json* report) {
  (*report)["replayed_share"] = summary.replayed_share;
  (*report)["denied"] = summary.denied;
  (*report)["denied_share"] = summary.denied_share;
  (*report)["achieved_rate"] = summary.achieved_rate;
  (*report)["planned_rate"] = summary.planned_rate;
  (*report)["busiest_second"] = summary.busiest_second;
  (*report)["latency_nanos"] = OfTimes(summary.latency);
  (*report)["service_time_nanos"] = OfTimes(summary.service_time);
  (*report)["send_lag_nanos"] = OfTimes(summary.send_lag);
  (*report)["status"] = OfStatus(summary);
  (*report)["status_classes"] = OfStatusClasses(summary);
  (*report)["response_bytes"] = summary.response_bytes;
  (*report)["endpoints"] = OfEndpoints(summary);
}

}  // namespace

std::string JsonReport(const Summary& summary) {
  Json report = {{"schema_version", kSummarySchemaVersion}};
  AddVerdict(summary, &report);
  AddRun(summary.run, &report);
  AddLedger(summary.ledger, &report);
  AddMeasurements(summary, &report);
  // Error texts may quote what a target sent.
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shadowreel
