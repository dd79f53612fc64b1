#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shadowreel {

// "host[:port]" in parts, as views into it. The port starts after the last ':' unless a ']'
// follows that (Envoy's rule; it keeps "[::1]" whole). Nothing is validated.
struct HostPort {
  std::string_view host;                 // brackets kept
  std::optional<std::string_view> port;  // "" for "host:", nothing for "host"
};
HostPort SplitHostPort(std::string_view authority);

// "[::1]" -> "::1"; any other host as it is. A view into `host`.
std::string_view WithoutBrackets(std::string_view host);

// Whether `text` may stand as an authority that a user chooses, in a header and in absolute
// targets: it is printable and holds no delimiter. Whether it names a host is not asked.
bool IsAuthority(std::string_view text);

// Appends "-shadow" to the host, before the port, as Envoy marks a shadow request:
// "cluster1:80" -> "cluster1-shadow:80", "[::1]:80" -> "[::1]-shadow:80".
std::string AddShadow(std::string_view authority);

// Removes one such mark; takes the plain form of 2018's Envoy ("recommendation:8080-shadow") too.
// Any other authority comes back as it is.
std::string StripShadow(std::string_view authority);

// The authority of an absolute-form request target ("http://host:80/path"), without user
// information; nothing for every other form (RFC 9112, 3.2). A view into `target`.
std::optional<std::string_view> AuthorityOfTarget(std::string_view target);

}  // namespace shadowreel
