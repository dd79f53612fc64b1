#include "formats/redaction/pseudonym.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>

#include "base/check.h"

namespace shadowreel {
namespace {

constexpr size_t kMacLength = 22;
constexpr size_t kCheckLength = 4;
constexpr size_t kCheckedLength = kTokenLength - kCheckLength;
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

// The first `length` characters of the bytes' base64url (RFC 4648, 5); the bytes must suffice.
std::string Base64Url(std::string_view bytes, size_t length) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  text.reserve(length);
  uint32_t bits = 0;
  int held = 0;
  for (size_t next = 0; text.size() < length;) {
    if (held < 6) {
      bits = (bits << 8) | static_cast<uint8_t>(bytes[next++]);
      held += 8;
    }
    held -= 6;
    text.push_back(kAlphabet[(bits >> held) & 63]);
  }
  return text;
}

std::string CheckOf(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return Base64Url({reinterpret_cast<const char*>(digest.data()), 3}, kCheckLength);
}

}  // namespace

std::string HmacSha256(std::string_view key, std::string_view message) {
  std::string mac(SHA256_DIGEST_LENGTH, '\0');
  unsigned int length = 0;
  const unsigned char* done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(),
           reinterpret_cast<unsigned char*>(mac.data()), &length);
  CHECK(done != nullptr && length == mac.size());
  return mac;
}

std::string MakeToken(std::string_view key, RedactionClass kind, std::string_view value) {
  const char letter = LetterOf(kind);
  std::string message;
  message.reserve(value.size() + 2);
  message.push_back(letter);
  message.push_back('\0');
  message.append(value);
  std::string token(kTokenPrefix);
  token.push_back(letter);
  token.append(Base64Url(HmacSha256(key, message), kMacLength));
  token.append(CheckOf(token));
  return token;
}

bool IsToken(std::string_view text) {
  if (text.size() != kTokenLength || !text.starts_with(kTokenPrefix)) return false;
  if (kLetters.find(text[kTokenPrefix.size()]) == std::string_view::npos) return false;
  return CheckOf(text.substr(0, kCheckedLength)) == text.substr(kCheckedLength);
}

bool IsPseudonym(std::string_view text) {
  if (text.size() == kTokenLength) return IsToken(text);
  constexpr size_t kStep = kTokenLength + 1;
  if (text.size() != 3 * kTokenLength + 2) return false;
  if (text[kTokenLength] != '.' || text[kStep + kTokenLength] != '.') return false;
  return IsToken(text.substr(0, kTokenLength)) && IsToken(text.substr(kStep, kTokenLength)) &&
         IsToken(text.substr(2 * kStep));
}

}  // namespace shadowreel
