#include "formats/redaction/query.h"

#include <algorithm>

#include "formats/redaction/policy.h"

namespace shadowreel {
namespace {

// RFC 3986, 3.1.
bool IsSchemeCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

void FindUserinfo(std::string_view url, Findings* findings) {
  const size_t scheme = static_cast<size_t>(
      std::find_if_not(url.begin(), url.end(), IsSchemeCharacter) - url.begin());
  if (scheme == 0 || url.substr(scheme, 3) != "://") return;
  const size_t begin = scheme + 3;
  const std::string_view rest = url.substr(begin);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  // The last '@': a password with a bare '@' must not leave its end behind.
  const size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return;
  findings->push_back({RedactionClass::kCredential, begin, at});
}

constexpr auto kEndsPath = [](char c) { return c == '?' || c == '#'; };

constexpr auto kEndsPair = [](char c) { return c == '&' || c == ';' || kEndsPath(c); };

void FindQueryValues(std::string_view url, Findings* findings) {
  const char* const first = url.data();
  const char* const last = first + url.size();
  const char* separator = std::find_if(first, last, kEndsPath);
  while (separator != last) {
    const auto begin = static_cast<size_t>(separator + 1 - first);
    separator = std::find_if(separator + 1, last, kEndsPair);
    const auto end = static_cast<size_t>(separator - first);
    const std::string_view piece = url.substr(begin, end - begin);
    const size_t equals = piece.find('=');
    if (equals == std::string_view::npos || !IsSecretQueryKey(piece.substr(0, equals))) continue;
    findings->push_back({RedactionClass::kQuery, begin + equals + 1, piece.size() - equals - 1});
  }
}

}  // namespace

void FindUrlSecrets(std::string_view url, Findings* findings) {
  FindUserinfo(url, findings);
  FindQueryValues(url, findings);
}

}  // namespace shadowreel
