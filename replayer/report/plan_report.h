#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "replayer/measure/ledger.h"
#include "replayer/measure/summary.h"
#include "replayer/plan/planned_request.h"

namespace shadowreel {

// What a dry run says of a plan. Nothing in it depends on the run or the machine: two dry runs of
// the same inputs are byte for byte the same.
struct PlanFacts {
  std::string recording;  // as named on the command line
  std::string target;
  std::optional<SubsetFacts> subset{};
  std::string load;
  std::string digest;     // PlanDigest::Value()
  ReplayLedger ledger{};  // the planner's part
  Nanos first_intended{0};
  Nanos last_intended{0};
  bool closed_loop = false;
  double planned_rate = 0;               // requests/s over that span; 0 in a closed loop
  std::string stopped_by{};              // why planning ended early
  std::vector<InvalidReason> reasons{};  // why it must not pass
};

// Names of headers whose values are not shown, compared without case.
using HiddenHeaders = std::vector<std::string>;

// One request: when it is due, its endpoint, and its lines as they would be sent, escaped; of a
// body its length; "..." for a hidden value.
std::string PlannedRequestText(const PlannedRequest& planned, const HiddenHeaders& hidden);

// The same as one line of JSON, bytes as `reel cat --format=jsonl` writes them; null for a hidden
// value.
std::string PlannedRequestJson(const PlannedRequest& planned, const HiddenHeaders& hidden);

// The plan as a whole, as text and as one line of JSON, which has a "schema_version".
std::string PlanText(const PlanFacts& facts);
std::string PlanJson(const PlanFacts& facts);

}  // namespace shadowreel
