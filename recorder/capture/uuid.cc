#include "recorder/capture/uuid.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"

namespace shadowreel {

Uuid NewUuid() {
  Uuid uuid{};
  // Up to 256 bytes are never cut short once the pool is ready (getrandom(2)).
  CHECK(getrandom(uuid.data(), uuid.size(), 0) == static_cast<ssize_t>(uuid.size()));
  uuid[6] = static_cast<uint8_t>((uuid[6] & 0x0f) | 0x40);
  uuid[8] = static_cast<uint8_t>((uuid[8] & 0x3f) | 0x80);
  return uuid;
}

std::string ToString(const Uuid& uuid) {
  std::string hex;
  for (const uint8_t byte : uuid) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::optional<Uuid> ParseUuid(std::string_view hex) {
  Uuid uuid{};
  if (hex.size() != 2 * uuid.size()) return std::nullopt;
  for (size_t i = 0; i < uuid.size(); ++i) {
    const char* begin = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, uuid[i], 16);
    if (error != std::errc() || end != begin + 2) return std::nullopt;
  }
  return uuid;
}

std::string UuidBytes(const Uuid& uuid) { return std::string(uuid.begin(), uuid.end()); }

std::optional<Uuid> UuidFromBytes(std::string_view bytes) {
  Uuid uuid{};
  if (bytes.size() != uuid.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), uuid.begin());
  return uuid;
}

}  // namespace shadowreel
