#include "formats/redaction/redactor.h"

#include <optional>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "formats/redaction/credential_fields.h"
#include "formats/redaction/detectors.h"
#include "formats/redaction/finding.h"
#include "formats/redaction/policy.h"
#include "formats/redaction/pseudonym.h"
#include "formats/redaction/query.h"
#include "formats/redaction/replacement.h"

namespace shadowreel {
namespace {

void FindByRule(FieldRule rule, std::string_view text, Findings* findings) {
  switch (rule) {
    case FieldRule::kPlain:
    case FieldRule::kExempt:
      break;
    case FieldRule::kAuthorization:
      FindAuthorizationCredential(text, findings);
      break;
    case FieldRule::kCredential:
      findings->push_back({RedactionClass::kCredential, 0, text.size()});
      break;
    case FieldRule::kCookie:
      FindCookieValues(text, findings);
      break;
    case FieldRule::kUrl:
      FindUrlSecrets(text, findings);
      break;
  }
}

// Redacts the text that `replacement` has turned to; whether that changed it.
bool RedactText(FieldRule rule, Replacement* replacement) {
  if (rule == FieldRule::kExempt) return false;
  Findings findings;
  FindByRule(rule, replacement->text(), &findings);
  if (!findings.empty()) replacement->Replace(&findings);
  findings.clear();
  DetectSecrets(replacement->text(), &findings);
  if (!findings.empty()) replacement->Replace(&findings);
  return replacement->changed();
}

// Copies the first `count` fields, with room for the others.
Fields FirstFields(const Fields& fields, size_t count) {
  // Tokens are often longer than what they replace.
  constexpr size_t kGrowth = 4 * kTokenLength;
  Fields copy;
  copy.Reserve(fields.size(), fields.byte_size() + kGrowth);
  for (size_t i = 0; i < count; ++i) copy.Add(fields[i].name, fields[i].value);
  return copy;
}

void RedactFields(RedactionPlace place, Fields* fields, Replacement* replacement) {
  std::optional<Fields> rebuilt;
  for (size_t i = 0; i < fields->size(); ++i) {
    const FieldView field = (*fields)[i];
    RedactionSpan where;
    where.place = place;
    where.field = static_cast<uint32_t>(i);
    replacement->Begin(where, field.value);
    const bool changed = RedactText(RuleOfField(field.name), replacement);
    if (changed && !rebuilt) rebuilt = FirstFields(*fields, i);
    if (rebuilt) rebuilt->Add(field.name, replacement->text());
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

Redactor::Redactor(RedactionMode mode, RedactionKey key)
    : mode_(mode), key_id_(std::move(key.id)), tokens_(key.bytes) {}

Redactor::~Redactor() = default;

void Redactor::Redact(Record* record) const {
  if (mode_ == RedactionMode::kOff) return;
  Replacement replacement(tokens_, &record->redactions);
  RedactionSpan target;
  target.place = RedactionPlace::kTarget;
  replacement.Begin(target, record->target);
  if (RedactText(FieldRule::kUrl, &replacement)) record->target = replacement.text();
  RedactFields(RedactionPlace::kHeader, &record->headers, &replacement);
  RedactFields(RedactionPlace::kTrailer, &record->trailers, &replacement);
}

RedactionMode Redactor::mode() const { return mode_; }

const std::string& Redactor::key_id() const { return key_id_; }

std::string Redactor::policy_digest() const { return PolicyDigest(ToString(mode_)); }

}  // namespace shadowreel
