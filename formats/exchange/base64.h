#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shadowreel {

// The bytes that base64 text stands for (RFC 4648, section 4; padded, no line ends); nothing when
// it is not that.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace shadowreel
