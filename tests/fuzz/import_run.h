#pragma once

#include <string_view>

namespace shadowreel {

// Imports `input` as a file of the format of that name (formats.h), whole and in small pieces, and
// sees that both come to the same, that what is imported can be written to a segment and read back,
// that what can be exported again can be imported again, and that the tallies add up.
void FuzzImport(std::string_view format_name, std::string_view input);

}  // namespace shadowreel
