#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "scenarios/loader/loaded_scenario.h"

namespace shadowreel {

// Flags of the recorder or the replayer, as their command lines have them, as a scenario that goes
// over `loaded`. The first argument may be the program's name; without one a flag that both have
// is that of the program whose section `loaded` has. Its values have no place. UsageError says all
// that is wrong.
absl::StatusOr<LoadedScenario> ReadFlagArguments(const std::vector<std::string>& arguments,
                                                 const LoadedScenario& loaded);

}  // namespace shadowreel
