#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/exit_code.h"
#include "replayer/measure/ledger.h"
#include "replayer/measure/outcome_log.h"
#include "replayer/verdict/threshold_result.h"

namespace shadowreel {

// The subset of the target that a run was sent to.
struct SubsetFacts {
  std::string name;
  std::string host;
  std::map<std::string, std::string> labels;
  std::vector<std::string> endpoints;  // "10.1.2.3:8080"
};

// What the replay itself knows of a run, for its summary.
struct RunFacts {
  std::string run_id;
  std::string recording;  // as named on the command line
  std::string target;     // URL, without credentials
  std::optional<SubsetFacts> subset{};
  std::string transport;    // Transport::Describe()
  std::string load;         // "speed 2, percent 50", "rate 500/s", "rate max, 64 in flight"
  std::string plan_digest;  // PlanDigest::Value(); of a stopped run: of what it had planned
  WallTime started;
  Nanos duration{0};         // from the run's start to the end of the drain
  bool closed_loop = false;  // --rate=max: no send lag and no rate is judged
  std::string stopped_by;    // "SIGINT", "the breaker: ..."; empty: ran to its end
  // It was a threshold that ended it: then what was cancelled, abandoned or found connecting is no
  // reason to doubt.
  bool ended_by_threshold = false;
  std::vector<std::string> files;  // written beside the summary, for the report
};

// Bounds outside which a run measures nothing. Shares are 0 to 1.
struct SummaryOptions {
  Nanos max_send_lag = std::chrono::milliseconds(10);  // of p99
  double min_achieved = 0.995;  // sent of planned; planned rate; 1 - abandoned of sent
  double max_denied = 0.20;     // 401, 403 and 404 of completed
};

struct TimeQuantiles {
  uint64_t count = 0;
  Nanos p50{0};
  Nanos p90{0};
  Nanos p99{0};
  Nanos p999{0};
  Nanos max{0};
  Nanos mean{0};
};

struct EndpointSummary {
  std::string endpoint;
  uint64_t sent = 0;
  uint64_t errors = 0;    // EndpointTotals says of what
  uint64_t measured = 0;  // of these: completed or timed out
  Nanos p50{0};           // of their latency
  Nanos p99{0};
};

// Why a run is not valid.
struct InvalidReason {
  bool generator_limited = false;  // the harness, not the target, was the limit
  std::string text;
  // Of a reason that can only have made the target look better: what is left of it where the target
  // failed all the same (SpareWhatFlattered). Empty: a reason either way.
  std::string note{};
  friend bool operator==(const InvalidReason&, const InvalidReason&) = default;
};

// A run as reports show it.
struct Summary {
  RunFacts run;
  ReplayLedger ledger;
  TimeQuantiles latency;
  TimeQuantiles service_time;
  TimeQuantiles send_lag;
  double achieved_rate = 0;     // requests/s over the span of sending; 0 under two requests
  double planned_rate = 0;      // requests/s over the span of the schedule
  uint64_t busiest_second = 0;  // requests sent in it
  double replayed_share = 0;    // sent of read, 0 to 1
  double denied_share = 0;      // 401, 403 and 404 of completed, 0 to 1
  uint64_t denied = 0;
  uint64_t response_bytes = 0;
  std::map<uint16_t, uint64_t> status;      // of completed
  std::vector<EndpointSummary> endpoints;   // most requests first, then by name; "(other)" last
  std::vector<InvalidReason> reasons;       // empty: valid; generator-limited ones come first
  std::vector<std::string> notes;           // worth saying, and no reason to doubt
  std::vector<ThresholdResult> thresholds;  // in the order in which they were given

  bool valid() const { return reasons.empty(); }
  // Every threshold has. Of a run that is not valid it says nothing.
  bool passed() const {
    return std::all_of(thresholds.begin(), thresholds.end(),
                       [](const ThresholdResult& result) { return result.passed; });
  }
  bool generator_limited() const { return !valid() && reasons.front().generator_limited; }
};

// Sums a run up and judges it. `planned` holds the planner's part of the ledger. Pure.
Summary Summarize(const RunFacts& run, const ReplayLedger& planned, const OutcomeTotals& totals,
                  const SummaryOptions& options);

// Why a plan with nothing in it must not pass: of the records read all were skipped or did not fit
// the filter, or there is something to be judged (`has_thresholds`). Nothing when something was
// planned, or when sampling or a window that is empty left nothing and nothing is judged.
std::optional<InvalidReason> WhyNothingPlanned(const ReplayLedger& ledger, bool has_thresholds);

// What was shed at the in-flight cap, or abandoned when the drain ended, can only have made the
// target look better. When there are no other reasons, so that sending was on time, and one of
// summary->thresholds shows that the target failed, these reasons become notes: the run is valid,
// and failed. Call when the thresholds are judged. Pure.
void SpareWhatFlattered(Summary* summary);

// kInvalid for a run that is not valid, else kFailed when a threshold failed, else kPass. (A stop
// by a safety rule comes before all of these and is the caller's to tell.)
ExitCode ExitCodeFor(const Summary& summary);

}  // namespace shadowreel
