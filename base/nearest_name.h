#pragma once

#include <string>
#include <vector>

namespace shadowreel {

// Of `known`, the name nearest to `name` (Levenshtein; the first of several) when it is near
// enough to be meant: at most three changes, fewer than `name` has bytes. Else empty.
std::string NearestName(const std::string& name, const std::vector<std::string>& known);

}  // namespace shadowreel
