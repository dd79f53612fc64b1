#include "formats/redaction/redactor.h"

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
    case FieldRule::kSetCookie:
      FindSetCookieValue(text, findings);
      break;
  }
}

using RuleOf = FieldRule (*)(std::string_view name);

// Redacts the texts of one message; what it allocates serves them all.
class MessageRedaction {
 public:
  MessageRedaction(const TokenMaker& tokens, std::vector<RedactionSpan>* spans)
      : replacement_(tokens, spans) {}

  void RedactTarget(std::string* target) {
    RedactionSpan where;
    where.place = RedactionPlace::kTarget;
    if (RedactText(FieldRule::kUrl, where, *target)) *target = replacement_.text();
  }

  void RedactFields(RedactionPlace place, RuleOf rule_of, Fields* fields) {
    for (size_t i = 0; i < fields->size(); ++i) {
      const FieldView field = (*fields)[i];
      RedactionSpan where;
      where.place = place;
      where.field = static_cast<uint32_t>(i);
      const bool changed = RedactText(rule_of(field.name), where, field.value);
      if (changed) fields->SetValue(i, replacement_.text());
    }
  }

 private:
  // Whether it is to change; what it becomes then stands in replacement_.
  bool RedactText(FieldRule rule, const RedactionSpan& where, std::string_view text) {
    if (rule == FieldRule::kExempt) return false;
    replacement_.Begin(where, text);
    findings_.clear();
    FindByRule(rule, text, &findings_);
    if (!findings_.empty()) replacement_.Replace(&findings_);
    findings_.clear();
    DetectSecrets(replacement_.text(), &findings_);
    if (!findings_.empty()) replacement_.Replace(&findings_);
    return replacement_.changed();
  }

  Replacement replacement_;
  Findings findings_;
};

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
  MessageRedaction redaction(tokens_, &record->redactions);
  redaction.RedactTarget(&record->target);
  redaction.RedactFields(RedactionPlace::kHeader, RuleOfField, &record->headers);
  redaction.RedactFields(RedactionPlace::kTrailer, RuleOfField, &record->trailers);
}

void Redactor::Redact(Response* response) const {
  if (mode_ == RedactionMode::kOff) return;
  std::vector<RedactionSpan> spans;  // segments keep none for responses
  MessageRedaction redaction(tokens_, &spans);
  redaction.RedactFields(RedactionPlace::kHeader, RuleOfResponseField, &response->headers);
  redaction.RedactFields(RedactionPlace::kTrailer, RuleOfResponseField, &response->trailers);
}

RedactionMode Redactor::mode() const { return mode_; }

const std::string& Redactor::key_id() const { return key_id_; }

std::string Redactor::policy_digest() const { return PolicyDigest(ToString(mode_)); }

}  // namespace shadowreel
