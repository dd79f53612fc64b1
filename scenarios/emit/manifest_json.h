#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/yaml/node.h"

namespace shadowreel {

using Json = nlohmann::ordered_json;

// A manifest's value as the API server holds it: YAML 1.2's core schema, where numbers without a
// fraction are integers, with the booleans of YAML 1.1 (yes, off), which kubectl reads.
// Not-a-number and infinity stay text: JSON has none.
Json ManifestJson(const YamlNode& node);

// JSON as Go writes it, so that an API server that compares bytes finds the same: '<', '>' and '&'
// are escaped. Two spaces a level, with a line end.
std::string ManifestJsonText(const Json& json);

}  // namespace shadowreel
