#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shadowreel {

// Longest endpoint, in bytes; a longer one is cut and ends in "...".
inline constexpr size_t kMaxEndpointBytes = 128;

// What a summary groups by: "GET /cart", the method and the path without query. The scheme and
// authority of an absolute target are left out. Printable ASCII: other bytes become "\xNN".
std::string EndpointOf(std::string_view method, std::string_view target);

}  // namespace shadowreel
