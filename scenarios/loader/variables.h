#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/yaml/place.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// The value of a variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// That of this process.
Environment ProcessEnvironment();

// A text whose variables have been replaced.
struct Substituted {
  std::string text;
  std::vector<std::string> names;  // of the variables that stood in it
};

// Replaces ${NAME}, ${NAME:-what it is when NAME is not set or empty} and $$, which is one dollar.
// Every other dollar stays. ${SCENARIO_DIR} is the directory of the file that `place` names. A
// variable that is not set and has nothing instead is a problem, and so is a ${ that is none of
// these; then the result is nothing.
std::optional<Substituted> Substitute(const std::string& text, const Place& place,
                                      const Environment& environment, Problems* problems);

}  // namespace shadowreel
