#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/transport/address_guard.h"
#include "net/transport/target_url.h"
#include "replayer/measure/summary.h"
#include "replayer/pace/run.h"
#include "replayer/plan/planner.h"
#include "replayer/plan/subsets.h"
#include "replayer/report/report_files.h"
#include "scenarios/terms/threshold.h"

namespace shadowreel {

// What a replay is asked for, read and checked.
struct ReplayOptions {
  std::vector<std::string> recordings;  // directories and segment files
  TargetUrl target;
  std::optional<Subset> subset;              // of the target: where its requests go
  std::vector<std::string> allowed_targets;  // the entries of `address_guard`
  AddressGuard address_guard;
  bool allow_host_routing = false;
  std::string ca_file;
  std::chrono::milliseconds request_timeout{30'000};

  ScheduleOptions schedule;
  PlannerOptions planner;
  RewriterOptions rewriter;  // its marker_value is the run's id
  RunOptions run;
  SummaryOptions summary;
  std::vector<Threshold> thresholds;

  std::string run_id;
  std::string command;  // as it was called, for what is written
  std::string out;      // directory for summary.json and outcomes.seg; empty: none
  ReportFiles reports;  // for a pipeline; the caller of Replay writes them
};

}  // namespace shadowreel
