#pragma once

#include <string>
#include <string_view>

#include "scenarios/yaml/node.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// What must be true of all that is read of a YAML text; ends the program when it is not.

// Every place of the tree is inside the text. The depth of the tree is bounded.
void CheckPlaces(const YamlNode& node, std::string_view text);

// The problems are in order, each of one line, in the file or nowhere, and of bounded number.
// Returns them all as text, to be compared.
std::string CheckProblems(const Problems& problems, std::string_view text);

}  // namespace shadowreel
