#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace shadowreel {

// What may stand in a manifest without quotes. Errors are the user's and name the flag.

// The name of a Service (RFC 1035 label: a-z, 0-9 and '-', beginning with a letter, at most 63).
// At most 50, so that what is appended to it fits.
absl::Status CheckObjectName(const char* flag, const std::string& name);

// A namespace (RFC 1123 label).
absl::Status CheckNamespace(const char* flag, const std::string& name);

// A reference to a container image: REGISTRY/PATH:TAG@DIGEST, of their characters alone.
absl::Status CheckImage(const char* flag, const std::string& image);

// A DNS name (RFC 1123 subdomain; labels of at most 63, 253 in all).
bool IsDnsName(std::string_view text);

bool IsIpv4(std::string_view text);

struct NamedAddress {
  std::string host;  // a DNS name in lower case, or an address of IPv4
  uint16_t port = 0;
};

absl::StatusOr<NamedAddress> ParseHostPort(const char* flag, const std::string& text);

}  // namespace shadowreel
