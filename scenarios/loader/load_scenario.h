#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "base/file_system.h"
#include "scenarios/loader/loaded_scenario.h"
#include "scenarios/loader/variables.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// How long a chain of files that include each other may be.
inline constexpr int kMostIncludes = 8;

// Reads a scenario with the files that it includes: an including file's keys win. The UsageError
// holds all that is wrong, each with its place; a file that cannot be read is an UnusableError.
absl::StatusOr<LoadedScenario> LoadScenario(FileSystem& files, const std::string& path,
                                            const Environment& environment);

// The scenario in `text`, which is `path`'s content; what is wrong is added to `problems`.
LoadedScenario ParseScenario(FileSystem& files, std::string_view text, const std::string& path,
                             const Environment& environment, Problems* problems);

}  // namespace shadowreel
