#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/file_system.h"
#include "net/transport/address_guard.h"
#include "net/transport/target_url.h"
#include "replayer/measure/summary.h"
#include "replayer/pace/run.h"
#include "replayer/plan/planner.h"
#include "replayer/plan/subsets.h"

namespace shadowreel {

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

  std::string run_id;
  std::string command;  // as it was called, for what is written
  std::string out;      // directory for summary.json and outcomes.seg; empty: none
};

// A replay that took place, whatever came of it.
struct ReplayResult {
  Summary summary;
  // Why it ended early or is of no use, when that is more than the summary's verdict: a safety
  // rule, a damaged trace, a target that could not be reached.
  absl::Status trouble;
};

// Checks the safety rules, replays, and writes what `out` asks for. An error: nothing was sent.
// Notes on the way go to stderr. Call once, from the main thread.
absl::StatusOr<ReplayResult> Replay(const ReplayOptions& options, const Clock& clock,
                                    FileSystem& files);

}  // namespace shadowreel
