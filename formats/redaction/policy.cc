#include "formats/redaction/policy.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace shadowreel {
namespace {

// Raised when what a rule or a detector does changes without a change of the tables below.
constexpr std::string_view kRulesVersion = "shadowreel redaction rules 1";

struct NamedRule {
  std::string_view name;
  FieldRule rule;
};

// Lower case, sorted by name.
constexpr std::array kFields = std::to_array<NamedRule>({
    {"api-key", FieldRule::kCredential},
    {"authorization", FieldRule::kAuthorization},
    {"b3", FieldRule::kExempt},
    {"content-length", FieldRule::kExempt},
    {"content-type", FieldRule::kExempt},
    {"cookie", FieldRule::kCookie},
    {"date", FieldRule::kExempt},
    {"host", FieldRule::kExempt},
    {"private-token", FieldRule::kCredential},
    {"proxy-authorization", FieldRule::kAuthorization},
    {"referer", FieldRule::kUrl},
    {"traceparent", FieldRule::kExempt},
    {"tracestate", FieldRule::kExempt},
    {"uber-trace-id", FieldRule::kExempt},
    {"x-access-token", FieldRule::kCredential},
    {"x-amz-security-token", FieldRule::kCredential},
    {"x-api-key", FieldRule::kCredential},
    {"x-auth-token", FieldRule::kCredential},
    {"x-cloud-trace-context", FieldRule::kExempt},
    {"x-csrf-token", FieldRule::kCredential},
    {"x-envoy-original-path", FieldRule::kUrl},
    {"x-forwarded-uri", FieldRule::kUrl},
    {"x-goog-api-key", FieldRule::kCredential},
    {"x-original-uri", FieldRule::kUrl},
    {"x-original-url", FieldRule::kUrl},
    {"x-request-id", FieldRule::kExempt},
    {"x-rewrite-url", FieldRule::kUrl},
    {"x-session-id", FieldRule::kCredential},
    {"x-vault-token", FieldRule::kCredential},
    {"x-xsrf-token", FieldRule::kCredential},
});

constexpr std::array kCredentialEndings = std::to_array<std::string_view>({
    "-token",
    "-api-key",
    "-secret",
    "-password",
    "-session",
});

constexpr std::array kExemptBeginnings = std::to_array<std::string_view>({
    "if-",
    "x-b3-",
    "x-datadog-",
});

// Lower case, sorted.
constexpr std::array kQueryKeys = std::to_array<std::string_view>({
    "access_token",
    "api-key",
    "api_key",
    "apikey",
    "auth",
    "authorization",
    "client_secret",
    "code",
    "credential",
    "credentials",
    "id_token",
    "jwt",
    "key",
    "passwd",
    "password",
    "pwd",
    "refresh_token",
    "secret",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "token",
    "x-amz-credential",
    "x-amz-security-token",
    "x-amz-signature",
});

// What responses have besides; lower case.
constexpr std::array kResponseFields = std::to_array<NamedRule>({
    {"content-location", FieldRule::kUrl},
    {"etag", FieldRule::kExempt},
    {"location", FieldRule::kUrl},
    {"refresh", FieldRule::kUrl},
    {"set-cookie", FieldRule::kSetCookie},
    {"set-cookie2", FieldRule::kSetCookie},
});

constexpr bool ByName(const NamedRule& a, const NamedRule& b) { return a.name < b.name; }
static_assert(std::is_sorted(kFields.begin(), kFields.end(), ByName));
static_assert(std::is_sorted(kQueryKeys.begin(), kQueryKeys.end()));

// Longer than every name in the tables, so a longer name is in none of them.
constexpr size_t kLongestName = 32;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A name in lower case on the stack, at most kLongestName bytes.
class LowerName {
 public:
  bool Append(char c) {
    if (size_ == bytes_.size()) return false;
    bytes_[size_++] = Lower(c);
    return true;
  }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kLongestName> bytes_;
  size_t size_ = 0;
};

// Places in kFields in the order of the names' lengths, and where each length begins there.
struct FieldsByLength {
  std::array<uint8_t, kFields.size()> order{};
  std::array<uint8_t, kLongestName + 2> begins{};
};

constexpr FieldsByLength OrderFieldsByLength() {
  FieldsByLength by_length;
  size_t next = 0;
  for (size_t length = 0; length <= kLongestName; ++length) {
    by_length.begins[length] = static_cast<uint8_t>(next);
    for (size_t i = 0; i < kFields.size(); ++i) {
      if (kFields[i].name.size() == length) by_length.order[next++] = static_cast<uint8_t>(i);
    }
  }
  by_length.begins[kLongestName + 1] = static_cast<uint8_t>(next);
  return by_length;
}

constexpr FieldsByLength kFieldsByLength = OrderFieldsByLength();
static_assert(kFieldsByLength.begins.back() == kFields.size());

// Whether the text begins with `lower`, which is in lower case.
bool BeginsWith(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (Lower(text[i]) != lower[i]) return false;
  }
  return true;
}

// The same for the end.
bool EndsWith(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && BeginsWith(text.substr(text.size() - lower.size()), lower);
}

// `name` is not empty. Most names of one length differ in the last letter.
FieldRule RuleInTable(std::string_view name) {
  if (name.size() > kLongestName) return FieldRule::kPlain;
  const char last = Lower(name.back());
  const size_t end = kFieldsByLength.begins[name.size() + 1];
  for (size_t i = kFieldsByLength.begins[name.size()]; i < end; ++i) {
    const NamedRule& field = kFields[kFieldsByLength.order[i]];
    if (field.name.back() == last && BeginsWith(name, field.name)) return field.rule;
  }
  return FieldRule::kPlain;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte of a "%XX" at `at`; nothing when there is no such escape.
std::optional<char> EscapedByte(std::string_view text, size_t at) {
  if (text[at] != '%' || text.size() - at < 3) return std::nullopt;
  const int high = HexValue(text[at + 1]);
  const int low = HexValue(text[at + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

}  // namespace

FieldRule RuleOfField(std::string_view name) {
  if (name.empty()) return FieldRule::kPlain;
  const FieldRule rule = RuleInTable(name);
  if (rule != FieldRule::kPlain) return rule;
  const char first = Lower(name.front());
  const char last = Lower(name.back());
  for (std::string_view ending : kCredentialEndings) {
    if (ending.back() == last && EndsWith(name, ending)) return FieldRule::kCredential;
  }
  for (std::string_view beginning : kExemptBeginnings) {
    if (beginning.front() == first && BeginsWith(name, beginning)) return FieldRule::kExempt;
  }
  return FieldRule::kPlain;
}

FieldRule RuleOfResponseField(std::string_view name) {
  for (const NamedRule& field : kResponseFields) {
    if (field.name.size() == name.size() && BeginsWith(name, field.name)) return field.rule;
  }
  return RuleOfField(name);
}

bool IsSecretQueryKey(std::string_view raw_name) {
  LowerName lower;
  for (size_t i = 0; i < raw_name.size(); ++i) {
    const std::optional<char> escaped = EscapedByte(raw_name, i);
    if (!lower.Append(escaped.value_or(raw_name[i]))) return false;
    if (escaped) i += 2;
  }
  return std::binary_search(kQueryKeys.begin(), kQueryKeys.end(), lower.view());
}

std::string PolicyDigest(std::string_view mode) {
  std::string rules;
  auto add = [&rules](std::string_view text) { rules.append(text).push_back('\n'); };
  add(kRulesVersion);
  add(mode);
  for (const NamedRule& field : kFields) {
    add(field.name);
    add(std::to_string(static_cast<int>(field.rule)));
  }
  add("endings");
  for (std::string_view ending : kCredentialEndings) add(ending);
  add("beginnings");
  for (std::string_view beginning : kExemptBeginnings) add(beginning);
  add("query");
  for (std::string_view key : kQueryKeys) add(key);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(rules.data()), rules.size(), digest.data());
  return std::string(reinterpret_cast<const char*>(digest.data()), 16);
}

}  // namespace shadowreel
