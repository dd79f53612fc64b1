#include "net/http/authority.h"

#include <algorithm>

namespace shadowreel {
namespace {

constexpr std::string_view kShadow = "-shadow";
constexpr std::string_view kDelimiters = "/?#@\\\"<>";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsSchemeCharacter(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' ||
         c == '.';
}

// "8080-shadow": a port with the mark of 2018 behind it.
bool IsMarkedPort(std::string_view port) {
  if (port.size() <= kShadow.size() || !port.ends_with(kShadow)) return false;
  port.remove_suffix(kShadow.size());
  return std::all_of(port.begin(), port.end(), IsDigit);
}

}  // namespace

HostPort SplitHostPort(std::string_view authority) {
  const size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos) {
    return {authority, std::nullopt};
  }
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

std::string_view WithoutBrackets(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

bool IsAuthority(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c <= '~' && kDelimiters.find(c) == std::string_view::npos;
  });
}

std::string AddShadow(std::string_view authority) {
  const size_t host_size = SplitHostPort(authority).host.size();
  std::string marked(authority);
  marked.insert(host_size, kShadow);
  return marked;
}

std::string StripShadow(std::string_view authority) {
  const HostPort parts = SplitHostPort(authority);
  std::string stripped(authority);
  if (parts.port && IsMarkedPort(*parts.port)) {
    stripped.resize(stripped.size() - kShadow.size());
  } else if (parts.host.size() > kShadow.size() && parts.host.ends_with(kShadow)) {
    stripped.erase(parts.host.size() - kShadow.size(), kShadow.size());
  }
  return stripped;
}

std::optional<std::string_view> AuthorityOfTarget(std::string_view target) {
  constexpr std::string_view kMark = "://";
  const size_t mark = target.find(kMark);
  if (mark == 0 || mark == std::string_view::npos) return std::nullopt;
  if (!std::all_of(target.begin(), target.begin() + mark, IsSchemeCharacter)) return std::nullopt;
  std::string_view authority = target.substr(mark + kMark.size());
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  return authority;
}

}  // namespace shadowreel
