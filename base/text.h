#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace shadowreel {

// Without the blanks and tabs around it (RFC 9110, 5.6.3: OWS). A view into `text`.
std::string_view Trimmed(std::string_view text);

// The parts of "a,b" that are not empty.
std::vector<std::string> SplitList(std::string_view text);

// For messages: "v1, v2", or the first `most` of them and " and 3 more".
std::string ListBeginning(const std::vector<std::string>& texts, size_t most = 10,
                          std::string_view separator = ", ");

}  // namespace shadowreel
