#pragma once

#include <string>
#include <string_view>

namespace shadowreel {

// The text without what could act on a terminal: control bytes but line ends, and DEL, become \xNN.
// For messages, which may quote what a file or a flag says.
std::string WithoutControls(std::string_view text);

}  // namespace shadowreel
