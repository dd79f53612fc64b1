#include <openssl/rand.h>

#include <string_view>
#include <utility>

#include "base/status.h"
#include "formats/redaction/hmac_sha256.h"
#include "formats/redaction/redactor.h"

namespace shadowreel {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kFileBytes = 2 * kKeyBytes + 1;
constexpr size_t kReadLimit = 4096;

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

RedactionKey KeyOf(std::string bytes) {
  const Sha256Digest mac = HmacSha256(bytes).Of("", "shadowreel key id");
  std::string id = ToHex({reinterpret_cast<const char*>(mac.data()), 8});
  return {std::move(bytes), std::move(id)};
}

// The value of a hex digit in lower case, else -1.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

absl::StatusOr<RedactionKey> ReadKey(FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(files, path, kReadLimit));
  bool right = text.size() == kFileBytes && text.back() == '\n';
  std::string bytes;
  for (size_t i = 0; right && i + 1 < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    right = high >= 0 && low >= 0;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  if (right) return KeyOf(std::move(bytes));
  return UnusableError(
      "{}: not a redaction key (64 hex digits in lower case and a newline); restore it, or remove "
      "it to start with a new key",
      path);
}

absl::Status WriteKey(FileSystem& files, const std::string& path, const std::string& bytes) {
  ASSIGN_OR_RETURN(const auto file, files.Create(path));
  auto fill = [&]() -> absl::Status {
    RETURN_IF_ERROR(file->Append(ToHex(bytes) + "\n"));
    RETURN_IF_ERROR(file->Sync());
    RETURN_IF_ERROR(file->Close());
    return files.SyncDirectory(DirectoryOf(path));
  };
  absl::Status status = fill();
  // Half a key would be refused at the next start; the first error is the one to report.
  if (!status.ok()) files.Remove(path).IgnoreError();
  return status;
}

}  // namespace

absl::StatusOr<RedactionKey> LoadOrCreateRedactionKey(FileSystem& files, const std::string& path) {
  const FileKind kind = files.Kind(path);
  if (kind == FileKind::kFile) return ReadKey(files, path);
  if (kind != FileKind::kMissing) {
    return UnusableError("{}: not a regular file; name a file for the redaction key", path);
  }
  std::string bytes(kKeyBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) !=
      1) {
    return UnusableError("{}: no random bytes for a redaction key; try again", path);
  }
  RETURN_IF_ERROR(WriteKey(files, path, bytes));
  return KeyOf(std::move(bytes));
}

}  // namespace shadowreel
