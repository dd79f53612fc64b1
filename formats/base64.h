#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shadowreel {

// RFC 4648, section 4, padded, without line ends.
std::string EncodeBase64(std::string_view bytes);

// The bytes that such text stands for; nothing when it is not that.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace shadowreel
