#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "base/file_system.h"
#include "formats/record.h"
#include "formats/redaction/pseudonym.h"
#include "formats/response.h"

namespace shadowreel {

// A capture's pseudonym key: 32 random bytes. Never stored with a recording, never logged.
struct RedactionKey {
  std::string bytes;
  std::string id;  // names the key: 16 hex digits of a one-way function of it
};

// Reads the key file; makes it (mode 0600, 64 hex digits and a newline) when it does not exist.
absl::StatusOr<RedactionKey> LoadOrCreateRedactionKey(FileSystem& files, const std::string& path);

enum class RedactionMode { kOff, kCredentials };

// "off", "credentials".
absl::StatusOr<RedactionMode> ParseRedactionMode(const std::string& text);
std::string ToString(RedactionMode mode);

// Replaces secrets of a record by pseudonyms: keyed HMAC-SHA-256, classes kept apart, the value's
// shape kept; the same value gives the same token, and a token is left as it is, so redacting
// twice is redacting once. Does not change after construction: any threads may use it at once, each
// with its own records.
class Redactor {
 public:
  Redactor(RedactionMode mode, RedactionKey key);
  ~Redactor();

  // Works on target, headers and trailers, and appends to record.redactions.
  void Redact(Record* record) const;
  // Works on headers and trailers. A cookie's value becomes the token that it becomes in the
  // requests which send it back.
  void Redact(Response* response) const;

  RedactionMode mode() const;
  const std::string& key_id() const;
  // Digest of the rules (16 bytes), as segments carry it.
  std::string policy_digest() const;

 private:
  const RedactionMode mode_;
  const std::string key_id_;
  const TokenMaker tokens_;
};

}  // namespace shadowreel
