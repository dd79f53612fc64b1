#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace shadowreel {

// Reads requests as they stand on the wire from `path`: each behind its length, a little-endian
// uint32. Prints one line and exits with 6 when the file cannot be read or holds none.
std::vector<std::string> ReadPreparedRequests(const std::string& path);

// Argument `text` as a number from `least`. Prints one line and exits with 2 when it is none.
uint64_t CountArgument(const char* text, uint64_t least);

}  // namespace shadowreel
