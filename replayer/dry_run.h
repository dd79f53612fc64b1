#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <string>

#include "base/file_system.h"
#include "replayer/replay_options.h"
#include "replayer/report/plan_report.h"

namespace shadowreel {

struct DryRunOptions {
  uint64_t shown = 0;  // the first so many requests are printed
  bool json = false;   // one line of JSON each, and one for the plan
};

// A dry run that took place.
struct DryRunResult {
  PlanFacts plan;
  absl::Status trouble;  // why planning ended early: a safety rule, a damaged trace
};

// Plans as Replay does, and sends, resolves and writes nothing. The safety rules hold, but for
// those on addresses. What is to be read goes to `print`, in pieces and in order, in bounded
// memory. Values of headers that the options set or add are hidden, and so is the marker's, which
// differs from run to run. An error: nothing was planned. Once, from the main thread.
absl::StatusOr<DryRunResult> DryRun(const ReplayOptions& options, const DryRunOptions& dry,
                                    FileSystem& files,
                                    const std::function<void(const std::string&)>& print);

// kPass, or kInvalid when the plan must not pass; what `trouble` says comes before.
ExitCode ExitCodeFor(const PlanFacts& plan);

}  // namespace shadowreel
