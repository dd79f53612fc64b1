#include "formats/exchange/absolute_url.h"

#include <algorithm>

#include "net/http/fields.h"

namespace shadowreel {

std::optional<AbsoluteUrl> SplitAbsoluteUrl(std::string_view url) {
  const auto is_control = [](unsigned char c) { return c <= 0x20 || c == 0x7f; };
  if (std::any_of(url.begin(), url.end(), is_control)) return std::nullopt;
  url = url.substr(0, url.find('#'));
  const size_t scheme_end = url.find("://");
  if (scheme_end == url.npos) return std::nullopt;
  const std::string_view scheme = url.substr(0, scheme_end);
  if (!EqualsIgnoreCase(scheme, "http") && !EqualsIgnoreCase(scheme, "https")) return std::nullopt;
  url.remove_prefix(scheme_end + 3);
  const size_t authority_end = std::min(url.find_first_of("/?"), url.size());
  AbsoluteUrl parts{std::string(url.substr(0, authority_end)),
                    std::string(url.substr(authority_end))};
  if (parts.authority.empty() || parts.authority.find('@') != parts.authority.npos) {
    return std::nullopt;
  }
  if (!parts.target.starts_with('/')) parts.target.insert(0, 1, '/');
  return parts;
}

}  // namespace shadowreel
