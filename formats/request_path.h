#pragma once

#include <string_view>

namespace shadowreel {

// A request target's path, without query; of an absolute-form target (RFC 9112, 3.2.2) what
// follows the authority. A view into `target`.
std::string_view PathOf(std::string_view target);

}  // namespace shadowreel
