#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "scenarios/loader/loaded_scenario.h"

namespace shadowreel {

// One value that is in force.
struct ShownValue {
  std::string key;    // "replay.speed"; each value of a list has a line of its own
  std::string value;  // of headers with variables in them, which may be secrets, as written
  std::string from;   // "perf_ci.yaml:7:12", "flag", "default", or "missing" of what is needed
};

// Every key that is in force in the sections that the scenario has, in the order of
// scenario.proto: what it says, and what holds where it says nothing.
std::vector<ShownValue> ValuesInForce(const LoadedScenario& loaded);

// For people, in columns; and as JSON: {"values": [{"key", "value", "from"}, ...]}. Both end with a
// line end.
std::string ValuesAsText(const std::vector<ShownValue>& values);
std::string ValuesAsJson(const std::vector<ShownValue>& values);

}  // namespace shadowreel
