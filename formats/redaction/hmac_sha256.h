#pragma once

#include <openssl/sha.h>

#include <array>
#include <string_view>

namespace shadowreel {

using Sha256Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Sha256Digest Sha256(std::string_view text);

// HMAC-SHA-256 under one key (RFC 2104). The key is hashed once, at construction; from then on the
// object does not change, so any threads may use it at once.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);

  // Of a message that is given in two parts.
  Sha256Digest Of(std::string_view beginning, std::string_view rest) const;

 private:
  // States after the key's block: copied for each message.
  SHA256_CTX inner_;
  SHA256_CTX outer_;
};

}  // namespace shadowreel
