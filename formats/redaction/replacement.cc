#include "formats/redaction/replacement.h"

#include <algorithm>

namespace shadowreel {
namespace {

// Most records that hold secrets hold no more.
constexpr size_t kUsualSpans = 4;

}  // namespace

Replacement::Replacement(const TokenMaker& tokens, std::vector<RedactionSpan>* spans)
    : tokens_(tokens), spans_(spans) {}

void Replacement::Begin(const RedactionSpan& where, std::string_view text) {
  where_ = where;
  text_ = text;
  first_span_ = spans_->size();
}

void Replacement::Replace(Findings* findings) {
  const auto stays = [this](const Finding& finding) {
    return finding.length == 0 || IsPseudonym(text_.substr(finding.begin, finding.length));
  };
  std::erase_if(*findings, stays);
  if (findings->empty()) return;
  MoveSpans(*findings);
  WriteTokens(*findings);
  std::sort(spans_->begin() + static_cast<std::ptrdiff_t>(first_span_), spans_->end(),
            [](const RedactionSpan& a, const RedactionSpan& b) { return a.begin < b.begin; });
}

// Moves spans of the text before the replacement to where their bytes stand after it.
void Replacement::MoveSpans(const Findings& findings) {
  for (size_t i = first_span_; i < spans_->size(); ++i) {
    RedactionSpan& span = (*spans_)[i];
    const uint64_t old_begin = span.begin;
    for (const Finding& finding : findings) {
      if (finding.begin >= old_begin) break;
      span.begin = span.begin + kTokenLength - finding.length;
    }
  }
}

void Replacement::WriteTokens(const Findings& findings) {
  if (spans_->empty()) spans_->reserve(std::max(kUsualSpans, findings.size()));
  fresh_.clear();
  fresh_.reserve(text_.size() + findings.size() * kTokenLength);
  size_t copied = 0;
  for (const Finding& finding : findings) {
    fresh_.append(text_.substr(copied, finding.begin - copied));
    RedactionSpan span = where_;
    span.kind = finding.kind;
    span.begin = fresh_.size();
    span.length = kTokenLength;
    spans_->push_back(span);
    tokens_.Append(finding.kind, text_.substr(finding.begin, finding.length), &fresh_);
    copied = finding.begin + finding.length;
  }
  fresh_.append(text_.substr(copied));
  buffer_.swap(fresh_);
  text_ = buffer_;
}

}  // namespace shadowreel
