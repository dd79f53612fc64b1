#include "formats/redaction/credential_fields.h"

#include <algorithm>

namespace shadowreel {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Narrows [*begin, *end) to what stands between blanks.
void Trim(std::string_view text, size_t* begin, size_t* end) {
  while (*begin < *end && IsBlank(text[*begin])) ++*begin;
  while (*begin < *end && IsBlank(text[*end - 1])) --*end;
}

// One piece between semicolons: [begin, end) of `text`.
Finding CookieValue(std::string_view text, size_t begin, size_t end) {
  const size_t equals = text.substr(begin, end - begin).find('=');
  if (equals != std::string_view::npos) begin += equals + 1;
  Trim(text, &begin, &end);
  if (end - begin >= 2 && text[begin] == '"' && text[end - 1] == '"') {
    ++begin;
    --end;
  }
  return {RedactionClass::kCookie, begin, end - begin};
}

}  // namespace

void FindAuthorizationCredential(std::string_view value, Findings* findings) {
  size_t begin = value.find(' ');
  if (begin == std::string_view::npos) begin = 0;
  size_t end = value.size();
  Trim(value, &begin, &end);
  findings->push_back({RedactionClass::kCredential, begin, end - begin});
}

void FindCookieValues(std::string_view value, Findings* findings) {
  for (size_t begin = 0; begin <= value.size();) {
    const size_t end = std::min(value.find(';', begin), value.size());
    findings->push_back(CookieValue(value, begin, end));
    begin = end + 1;
  }
}

void FindSetCookieValue(std::string_view value, Findings* findings) {
  findings->push_back(CookieValue(value, 0, std::min(value.find(';'), value.size())));
}

}  // namespace shadowreel
