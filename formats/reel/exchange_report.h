#pragma once

#include <string>
#include <vector>

#include "formats/exchange/tally.h"

namespace shadowreel {

// What was left out and what was changed, for people: a line for each of the two, and one for each
// kind under it with its count and first places. Nothing when there is neither.
std::vector<std::string> TallyLines(const Tally& tally);

}  // namespace shadowreel
