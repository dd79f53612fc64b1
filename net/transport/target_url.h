#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace shadowreel {

// Where a replay sends: a server, never a path.
struct TargetUrl {
  bool https = false;
  std::string host;  // lower case; an IPv6 address without its brackets
  uint16_t port = 0;
  std::string authority;  // "host", "host:8080", "[::1]:8080": the scheme's own port is left out

  // "http://host:8080"
  std::string Url() const { return (https ? "https://" : "http://") + authority; }
};

// From `http://HOST[:PORT]` or `https://HOST[:PORT]`; one trailing slash is allowed. User names,
// paths, queries and fragments are usage errors: each recorded request brings its own target.
absl::StatusOr<TargetUrl> ParseTargetUrl(std::string_view text);

// One of several servers that stand behind a target's name.
struct EndpointAddress {
  std::string host;  // as in TargetUrl
  uint16_t port = 0;

  // "10.1.2.3:8080", "[::1]:8080"
  std::string Authority() const;
};

// From `HOST[:PORT]`, IPv6 addresses in brackets. `usual_port` is that of an endpoint that names
// none.
absl::StatusOr<EndpointAddress> ParseEndpointAddress(std::string_view text, uint16_t usual_port);

}  // namespace shadowreel
