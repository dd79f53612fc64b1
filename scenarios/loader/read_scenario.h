#pragma once

#include <string>

#include "scenarios/loader/loaded_scenario.h"
#include "scenarios/loader/variables.h"
#include "scenarios/yaml/node.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// A YAML document as a scenario. What is wrong is added to `problems`, and the rest is read all
// the same: unknown fields, wrong types, values that their fields cannot have, fields that exclude
// each other, thresholds without a check. Does not look at `include`. Without an environment
// (null) no variable is replaced. Pure.
LoadedScenario ReadScenario(const YamlNode& document, const Environment& environment,
                            Problems* problems);

}  // namespace shadowreel
