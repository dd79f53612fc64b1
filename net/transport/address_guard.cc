#include "net/transport/address_guard.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>

#include "base/status.h"
#include "net/http/fields.h"

namespace shadowreel {
namespace {

using Bytes = std::array<uint8_t, 16>;
constexpr int kMappedPrefixBits = 96;  // ::ffff:0:0/96 (RFC 4291, 2.5.5.2)

Bytes Mapped(const void* ipv4) {
  Bytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(&bytes[12], ipv4, 4);
  return bytes;
}

std::optional<Bytes> BytesOf(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    return Mapped(&reinterpret_cast<const sockaddr_in&>(address).sin_addr);
  }
  if (address.sa_family != AF_INET6) return std::nullopt;
  Bytes bytes{};
  std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, 16);
  return bytes;
}

bool SharePrefix(const Bytes& a, const Bytes& b, int bits) {
  const size_t whole = static_cast<size_t>(bits) / 8;
  if (std::memcmp(a.data(), b.data(), whole) != 0) return false;
  const int rest = bits % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

struct ParsedAddress {
  Bytes bytes;
  int first_bit;  // where the prefix counts from, in the mapped form
};

// "10.0.0.5", "fd00::1", "[fd00::1]".
std::optional<ParsedAddress> ParseAddress(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const std::string copy(text);
  in_addr ipv4{};
  if (inet_pton(AF_INET, copy.c_str(), &ipv4) == 1) {
    return ParsedAddress{Mapped(&ipv4), kMappedPrefixBits};
  }
  Bytes ipv6{};
  if (inet_pton(AF_INET6, copy.c_str(), ipv6.data()) == 1) return ParsedAddress{ipv6, 0};
  return std::nullopt;
}

bool IsHostName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

std::string TextOf(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address.sa_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof(text));
  } else if (address.sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text,
              sizeof(text));
  }
  return text;
}

}  // namespace

absl::StatusOr<AddressGuard> AddressGuard::Create(const std::vector<std::string>& entries) {
  AddressGuard guard;
  for (const std::string& entry : entries) RETURN_IF_ERROR(guard.Allow(entry));
  return guard;
}

void AddressGuard::AllowLoopback() {
  Bytes ipv4{};
  ipv4[10] = ipv4[11] = 0xff;
  ipv4[12] = 127;
  blocks_.push_back({ipv4, kMappedPrefixBits + 8});
  Bytes ipv6{};
  ipv6[15] = 1;
  blocks_.push_back({ipv6, 128});
}

absl::Status AddressGuard::Allow(std::string_view entry) {
  const size_t slash = entry.find('/');
  if (const auto address = ParseAddress(entry.substr(0, slash)); address.has_value()) {
    int bits = 128 - address->first_bit;
    if (slash != std::string_view::npos) {
      const std::string_view prefix = entry.substr(slash + 1);
      const char* const end = prefix.data() + prefix.size();
      int given = -1;
      const auto [stop, error] = std::from_chars(prefix.data(), end, given);
      if (error != std::errc() || stop != end || given < 0 || given > bits) {
        return UsageError("'{}' is not a CIDR block: the prefix length is a number from 0 to {}",
                          entry, bits);
      }
      bits = given;
    }
    blocks_.push_back({address->bytes, address->first_bit + bits});
    return absl::OkStatus();
  }
  if (!IsHostName(entry)) {
    return UsageError(
        "'{}' is neither a host name nor an address nor a CIDR block; write for example "
        "staging.example or 10.1.0.0/16, without scheme and port",
        entry);
  }
  hosts_.emplace_back(entry);
  return absl::OkStatus();
}

bool AddressGuard::Allows(const sockaddr& address, std::string_view host) const {
  const std::optional<Bytes> bytes = BytesOf(address);
  if (!bytes.has_value()) return false;
  for (const Block& block : blocks_) {
    if (SharePrefix(*bytes, block.network, block.prefix_bits)) return true;
  }
  return std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const std::string& named) { return EqualsIgnoreCase(named, host); });
}

absl::Status AddressGuard::CheckHost(std::string_view role, const std::string& host) const {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    return UnusableError("{} '{}' does not resolve: {}", role, host, gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (Allows(*entry->ai_addr, host)) continue;
    const std::string address = TextOf(*entry->ai_addr);
    const std::string what = address == host ? address : fmt::format("{} ({})", host, address);
    return SafetyError(
        "{} {} is not loopback and not named; if it is not production, add --allow_target={}", role,
        what, host);
  }
  return absl::OkStatus();
}

}  // namespace shadowreel
