#pragma once

#include <absl/status/statusor.h>

#include <cstdint>

#include "base/file_system.h"
#include "replayer/replay.h"

namespace shadowreel {

// The flags of the replayer (replayer_main.cc defines them) as options of a replay, with a run id
// of its own. UsageError names the flag. Once the command line is parsed; notes go to stderr.
absl::StatusOr<ReplayOptions> ReadOptions(FileSystem& files);

// --dry_run, which is given: how many requests it shows.
absl::StatusOr<uint64_t> ReadDryRun();

}  // namespace shadowreel
