#include "formats/exchange/request_url.h"

#include <algorithm>

#include "formats/byte_text.h"
#include "net/http/authority.h"
#include "net/http/fields.h"

namespace shadowreel {
namespace {

constexpr std::string_view kMark = "://";

bool IsSpaceOrControl(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }

void AppendEncoded(char c, std::string* out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out->append({'%', kHex[byte >> 4], kHex[byte & 15]});
}

}  // namespace

const char* SplitUrl(std::string_view url, RequestUrl* parts) {
  if (url.empty()) return "no URL";
  const size_t mark = url.find(kMark);
  const size_t colon = url.find(':');
  if (colon == url.npos) return "URL without a scheme";
  const std::string_view scheme = url.substr(0, colon);
  if (colon != mark || !(EqualsIgnoreCase(scheme, "http") || EqualsIgnoreCase(scheme, "https"))) {
    return "URL of another scheme than http and https";
  }
  std::string_view rest = url.substr(mark + kMark.size());
  rest = rest.substr(0, rest.find('#'));
  const size_t path = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, path);
  if (const size_t at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
  if (SplitHostPort(authority).host.empty()) return "URL without a host";
  if (std::any_of(authority.begin(), authority.end(), IsSpaceOrControl)) {
    return "URL with white space in its host";
  }
  parts->authority = authority;
  parts->target.clear();
  rest.remove_prefix(path);
  if (rest.starts_with('?')) parts->target += '/';
  for (const char c : rest) {
    if (IsSpaceOrControl(c)) {
      AppendEncoded(c, &parts->target);
    } else {
      parts->target += c;
    }
  }
  return nullptr;
}

std::string JoinUrl(std::string_view authority, std::string_view target) {
  if (AuthorityOfTarget(target)) return PercentEncode(target, "#");
  const bool origin_form = target.starts_with('/');
  std::string url = "http://" + PercentEncode(authority, "");
  if (target == "*") return url;  // RFC 9112, 3.2.4: of OPTIONS
  if (!origin_form) url += '/';
  return url + PercentEncode(target, "#");
}

std::string PercentEncode(std::string_view bytes, std::string_view also) {
  constexpr size_t kLongest = 4;  // bytes of a character
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    size_t length = 1;
    while (length <= std::min(kLongest, bytes.size()) && !IsValidUtf8(bytes.substr(0, length))) {
      ++length;
    }
    const bool valid = length <= std::min(kLongest, bytes.size());
    if (!valid || also.find(bytes.front()) != also.npos) {
      length = 1;
      AppendEncoded(bytes.front(), &text);
    } else {
      text.append(bytes.substr(0, length));
    }
    bytes.remove_prefix(length);
  }
  return text;
}

}  // namespace shadowreel
