#include "net/transport/target_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/status.h"

namespace shadowreel {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

absl::Status Wrong(std::string_view text, std::string_view why) {
  return UsageError("target '{}': {}; write http://HOST[:PORT] or https://HOST[:PORT]", text, why);
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool IsIpv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// Takes the host off the front of `rest`; empty when it is none.
std::string TakeHost(std::string_view* rest) {
  const bool bracketed = rest->starts_with('[');
  const size_t end = rest->find(bracketed ? ']' : ':');
  if (bracketed && end == std::string_view::npos) return "";
  std::string host(bracketed ? rest->substr(1, end - 1) : rest->substr(0, end));
  std::transform(host.begin(), host.end(), host.begin(), Lower);
  rest->remove_prefix(end == std::string_view::npos ? rest->size() : end + (bracketed ? 1 : 0));
  if (bracketed) return IsIpv6(host) ? host : "";
  return std::all_of(host.begin(), host.end(), IsNameCharacter) ? host : "";
}

// From ":8080"; 0 when it is none.
uint16_t PortFrom(std::string_view text) {
  uint16_t port = 0;
  const char* const end = text.data() + text.size();
  if (!text.starts_with(':')) return 0;
  const auto [stop, error] = std::from_chars(text.data() + 1, end, port);
  return error == std::errc() && stop == end ? port : 0;
}

// What stands in `rest` behind the server and has no place here; empty when nothing.
std::string_view Unwanted(std::string_view rest) {
  if (rest.find('?') != std::string_view::npos) return "a query has no place here";
  if (rest.find('#') != std::string_view::npos) return "a fragment has no place here";
  if (rest.find('/') != std::string_view::npos) {
    return "a path has no place here (each request brings its own)";
  }
  return "";
}

}  // namespace

absl::StatusOr<TargetUrl> ParseTargetUrl(std::string_view text) {
  TargetUrl target;
  std::string_view rest = text;
  std::string scheme(text.substr(0, kHttps.size()));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), Lower);
  target.https = scheme == kHttps;
  if (!target.https && !scheme.starts_with(kHttp)) return Wrong(text, "the scheme is missing");
  rest.remove_prefix(target.https ? kHttps.size() : kHttp.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (const size_t at = rest.rfind('@'); at != std::string_view::npos) {
    // Logs keep what is said.
    return Wrong(fmt::format("{}...{}", text.substr(0, text.find("//") + 2), rest.substr(at)),
                 "user names and passwords are not sent");
  }
  if (const std::string_view why = Unwanted(rest); !why.empty()) return Wrong(text, why);

  target.host = TakeHost(&rest);
  if (target.host.empty()) return Wrong(text, "there is no valid host");
  const uint16_t usual = target.https ? 443 : 80;
  target.port = rest.empty() ? usual : PortFrom(rest);
  if (target.port == 0) return Wrong(text, "the port is not a number from 1 to 65535");
  target.authority = IsIpv6(target.host) ? fmt::format("[{}]", target.host) : target.host;
  if (target.port != usual) target.authority += fmt::format(":{}", target.port);
  return target;
}

std::string EndpointAddress::Authority() const {
  return IsIpv6(host) ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

absl::StatusOr<EndpointAddress> ParseEndpointAddress(std::string_view text, uint16_t usual_port) {
  EndpointAddress endpoint;
  std::string_view rest = text;
  endpoint.host = TakeHost(&rest);
  if (endpoint.host.empty()) {
    return UsageError("endpoint '{}' is not HOST[:PORT]; an IPv6 address stands in brackets", text);
  }
  endpoint.port = rest.empty() ? usual_port : PortFrom(rest);
  if (endpoint.port == 0) {
    return UsageError("endpoint '{}': the port is not a number from 1 to 65535", text);
  }
  return endpoint;
}

}  // namespace shadowreel
