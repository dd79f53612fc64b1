#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "base/clock.h"
#include "base/file_system.h"
#include "replayer/measure/summary.h"
#include "replayer/replay_options.h"

namespace shadowreel {

// A replay that took place, whatever came of it.
struct ReplayResult {
  Summary summary;
  // Why it ended early or is of no use, when that is more than the summary's verdict: a safety
  // rule, a damaged trace, a target that could not be reached.
  absl::Status trouble;
};

// What the options tell of a run before it starts.
RunFacts FactsOf(const ReplayOptions& options);

// Checks the safety rules, replays, and writes what `out` asks for. An error: nothing was sent.
// Notes on the way go to stderr. Call once, from the main thread.
absl::StatusOr<ReplayResult> Replay(const ReplayOptions& options, const Clock& clock,
                                    FileSystem& files);

}  // namespace shadowreel
