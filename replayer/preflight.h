#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/file_system.h"
#include "formats/segment/trace_reader.h"
#include "replayer/measure/summary.h"
#include "replayer/plan/safety_rules.h"
#include "replayer/replay_options.h"

namespace shadowreel {

// What comes before anything is sent, and before a dry run, which sends nothing.

// All recordings as one trace; what is not sealed is left out with a note on stderr. Unusable when
// it is empty.
absl::StatusOr<std::unique_ptr<TraceReader>> OpenTrace(const ReplayOptions& options,
                                                       FileSystem& files);

// Refuses what was recorded from the target and from its subset's endpoints.
AuthorityGuard GuardFor(const ReplayOptions& options);

// The safety rules on what a plan says: the authorities that the trace's index lists, and a mesh
// sidecar beside us, which would route by Host. Looks at this process's environment and at
// loopback.
absl::Status CheckPlanSafety(const ReplayOptions& options, const TraceReader& trace);

// The safety rules on where requests go: resolves the target, or else its subset's endpoints. (A
// subset's target need not resolve: nothing connects to it.)
absl::Status CheckAddresses(const ReplayOptions& options);

std::optional<SubsetFacts> SubsetFactsOf(const ReplayOptions& options);

// "speed 2, percent 50, at most 10.00 min".
std::string DescribeLoad(const ReplayOptions& options);

// Notes on stderr how many of the planned requests no route fitted (Planner::unrouted); nothing
// when there are none.
void NoteUnrouted(uint64_t unrouted, uint64_t planned);

}  // namespace shadowreel
