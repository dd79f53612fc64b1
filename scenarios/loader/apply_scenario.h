#pragma once

#include <absl/status/status.h>

#include <string>

#include "base/file_system.h"

namespace shadowreel {

enum class ScenarioProgram { kRecorder, kReplayer };

// Sets the flags of this process, which is `program`, from the scenario at `path`; what the
// command line set stays, and so does what it chose among flags that exclude each other. All of
// the scenario is checked, what is for the other program, too. Once, after ParseFlags.
absl::Status ApplyScenario(FileSystem& files, const std::string& path, ScenarioProgram program);

}  // namespace shadowreel
