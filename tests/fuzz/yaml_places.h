#pragma once

#include <string>
#include <string_view>

#include "scenarios/yaml/node.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// What must be true of all that is read of a YAML text; ends the program when it is not.

// The place is inside the text.
void CheckPlace(const Place& place, std::string_view text);

// So are those of a tree (of a very big one: the first), whose depth is bounded.
void CheckPlaces(const YamlNode& node, std::string_view text);

// The problems are in order, of bounded number, one line each, and, where they are in `file`,
// inside the text. Returns them all, a line each, to be compared.
std::string CheckProblems(const Problems& problems, const std::string& file, std::string_view text);

}  // namespace shadowreel
