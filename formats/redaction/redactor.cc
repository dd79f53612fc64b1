#include "formats/redaction/redactor.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "formats/redaction/credential_fields.h"
#include "formats/redaction/detectors.h"
#include "formats/redaction/finding.h"
#include "formats/redaction/policy.h"
#include "formats/redaction/query.h"
#include "formats/redaction/replacement.h"

namespace shadowreel {
namespace {

Findings FindByRule(FieldRule rule, std::string_view text) {
  Findings findings;
  switch (rule) {
    case FieldRule::kPlain:
    case FieldRule::kExempt:
      break;
    case FieldRule::kAuthorization:
      FindAuthorizationCredential(text, &findings);
      break;
    case FieldRule::kCredential:
      findings.push_back({RedactionClass::kCredential, 0, text.size()});
      break;
    case FieldRule::kCookie:
      FindCookieValues(text, &findings);
      break;
    case FieldRule::kUrl:
      FindUrlSecrets(text, &findings);
      break;
  }
  return findings;
}

// The redacted text, or nothing when it stays as it is. Appends its spans.
std::optional<std::string> RedactText(std::string_view key, FieldRule rule,
                                      const RedactionSpan& where, std::string_view original,
                                      std::vector<RedactionSpan>* redactions) {
  if (rule == FieldRule::kExempt) return std::nullopt;
  std::vector<RedactionSpan> spans;
  std::optional<std::string> text;
  Findings findings = FindByRule(rule, original);
  if (!findings.empty()) {
    text.emplace(original);
    ReplaceFindings(key, where, std::move(findings), &*text, &spans);
  }
  Findings detected;
  DetectSecrets(text ? std::string_view(*text) : original, &detected);
  if (!detected.empty()) {
    if (!text) text.emplace(original);
    ReplaceFindings(key, where, std::move(detected), &*text, &spans);
  }
  if (spans.empty()) return std::nullopt;
  redactions->insert(redactions->end(), spans.begin(), spans.end());
  return text;
}

// Copies the first `count` fields.
Fields FirstFields(const Fields& fields, size_t count) {
  Fields copy;
  copy.Reserve(fields.size(), fields.byte_size());
  for (size_t i = 0; i < count; ++i) copy.Add(fields[i].name, fields[i].value);
  return copy;
}

void RedactFields(std::string_view key, RedactionPlace place, Fields* fields,
                  std::vector<RedactionSpan>* redactions) {
  std::optional<Fields> rebuilt;
  for (size_t i = 0; i < fields->size(); ++i) {
    const FieldView field = (*fields)[i];
    RedactionSpan where;
    where.place = place;
    where.field = static_cast<uint32_t>(i);
    const std::optional<std::string> value =
        RedactText(key, RuleOfField(field.name), where, field.value, redactions);
    if (value && !rebuilt) rebuilt = FirstFields(*fields, i);
    if (rebuilt) rebuilt->Add(field.name, value ? std::string_view(*value) : field.value);
  }
  if (rebuilt) *fields = std::move(*rebuilt);
}

}  // namespace

absl::StatusOr<RedactionMode> ParseRedactionMode(const std::string& text) {
  if (text == "off") return RedactionMode::kOff;
  if (text == "credentials") return RedactionMode::kCredentials;
  return UsageError("\"{}\" is no redaction mode; use off or credentials", text);
}

std::string ToString(RedactionMode mode) {
  switch (mode) {
    case RedactionMode::kOff:
      return "off";
    case RedactionMode::kCredentials:
      return "credentials";
  }
  CHECK(false);
}

Redactor::Redactor(RedactionMode mode, RedactionKey key) : mode_(mode), key_(std::move(key)) {}

Redactor::~Redactor() = default;

void Redactor::Redact(Record* record) const {
  if (mode_ == RedactionMode::kOff) return;
  RedactionSpan target;
  target.place = RedactionPlace::kTarget;
  std::vector<RedactionSpan>* redactions = &record->redactions;
  std::optional<std::string> text =
      RedactText(key_.bytes, FieldRule::kUrl, target, record->target, redactions);
  if (text) record->target = std::move(*text);
  RedactFields(key_.bytes, RedactionPlace::kHeader, &record->headers, redactions);
  RedactFields(key_.bytes, RedactionPlace::kTrailer, &record->trailers, redactions);
}

RedactionMode Redactor::mode() const { return mode_; }

const std::string& Redactor::key_id() const { return key_.id; }

std::string Redactor::policy_digest() const { return PolicyDigest(ToString(mode_)); }

}  // namespace shadowreel
