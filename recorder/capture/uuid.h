#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "formats/record.h"

namespace shadowreel {

// A random uuid (RFC 9562, version 4).
Uuid NewUuid();

// 32 lower-case hex digits.
std::string ToString(const Uuid& uuid);
std::optional<Uuid> ParseUuid(std::string_view hex);

// The sixteen bytes, as protobuf carries them; nothing from another length.
std::string UuidBytes(const Uuid& uuid);
std::optional<Uuid> UuidFromBytes(std::string_view bytes);

}  // namespace shadowreel
