#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "formats/record.h"
#include "formats/redaction/hmac_sha256.h"

namespace shadowreel {

// Every token has this length, in bytes, and consists of [A-Za-z0-9_-].
inline constexpr size_t kTokenLength = 30;
inline constexpr std::string_view kTokenPrefix = "sr1";

// Makes the tokens of one key. Does not change after construction: any threads may use it at once.
class TokenMaker {
 public:
  explicit TokenMaker(std::string_view key) : hmac_(key) {}

  // Appends the pseudonym of a value: "sr1", the class's letter, 22 characters of base64url of
  // HMAC-SHA-256(key, letter, 0x00, value), 4 characters of check over what stands before them.
  void Append(RedactionClass kind, std::string_view value, std::string* out) const;

 private:
  const HmacSha256 hmac_;
};

// Whether the whole text is a token, of any key: length, prefix, letter and check fit.
bool IsPseudonymToken(std::string_view text);

// Whether the whole text is a token or a redacted JWT (three tokens joined by dots).
bool IsPseudonym(std::string_view text);

}  // namespace shadowreel
