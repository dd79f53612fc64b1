#include "formats/redaction/pseudonym.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/check.h"

namespace shadowreel {
namespace {

constexpr size_t kMacLength = 22;
constexpr size_t kCheckLength = 4;
constexpr size_t kCheckedLength = kTokenLength - kCheckLength;
static_assert(kCheckedLength == kTokenPrefix.size() + 1 + kMacLength);
constexpr std::string_view kLetters = "acqjnp";

char LetterOf(RedactionClass kind) {
  switch (kind) {
    case RedactionClass::kCredential:
      return 'a';
    case RedactionClass::kCookie:
      return 'c';
    case RedactionClass::kQuery:
      return 'q';
    case RedactionClass::kJwt:
      return 'j';
    case RedactionClass::kCard:
      return 'n';
    case RedactionClass::kPersonal:
      return 'p';
  }
  CHECK(false);
}

// Writes the first `length` characters of the bytes' base64url (RFC 4648, 5).
void WriteBase64Url(const Sha256Digest& bytes, size_t length, char* out) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  uint32_t bits = 0;
  int held = 0;
  for (size_t next = 0; length > 0; --length) {
    if (held < 6) {
      bits = (bits << 8) | bytes[next++];
      held += 8;
    }
    held -= 6;
    *out++ = kAlphabet[(bits >> held) & 63];
  }
}

std::array<char, kCheckLength> CheckOf(std::string_view text) {
  std::array<char, kCheckLength> check;
  WriteBase64Url(Sha256(text), check.size(), check.data());
  return check;
}

}  // namespace

void TokenMaker::Append(RedactionClass kind, std::string_view value, std::string* out) const {
  const std::array<char, 2> separation = {LetterOf(kind), '\0'};
  std::array<char, kCheckedLength> token;
  char* const letter = std::copy(kTokenPrefix.begin(), kTokenPrefix.end(), token.data());
  *letter = separation[0];
  WriteBase64Url(hmac_.Of({separation.data(), separation.size()}, value), kMacLength, letter + 1);
  const std::string_view checked(token.data(), token.size());
  const std::array<char, kCheckLength> check = CheckOf(checked);
  out->append(checked).append(check.data(), check.size());
}

bool IsPseudonymToken(std::string_view text) {
  if (text.size() != kTokenLength || !text.starts_with(kTokenPrefix)) return false;
  if (kLetters.find(text[kTokenPrefix.size()]) == std::string_view::npos) return false;
  const std::array<char, kCheckLength> check = CheckOf(text.substr(0, kCheckedLength));
  return text.substr(kCheckedLength) == std::string_view(check.data(), check.size());
}

bool IsPseudonym(std::string_view text) {
  if (text.size() == kTokenLength) return IsPseudonymToken(text);
  constexpr size_t kStep = kTokenLength + 1;
  if (text.size() != 3 * kTokenLength + 2) return false;
  if (text[kTokenLength] != '.' || text[kStep + kTokenLength] != '.') return false;
  return IsPseudonymToken(text.substr(0, kTokenLength)) &&
         IsPseudonymToken(text.substr(kStep, kTokenLength)) &&
         IsPseudonymToken(text.substr(2 * kStep));
}

}  // namespace shadowreel
