#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shadowreel {

// Without the blanks and tabs around it (RFC 9110, 5.6.3: OWS). A view into `text`.
std::string_view Trimmed(std::string_view text);

// The parts of "a,b" that are not empty.
std::vector<std::string> SplitList(std::string_view text);

}  // namespace shadowreel
