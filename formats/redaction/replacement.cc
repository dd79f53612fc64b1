#include "formats/redaction/replacement.h"

#include <algorithm>
#include <utility>

#include "formats/redaction/pseudonym.h"

namespace shadowreel {
namespace {

// Moves spans of the text before the replacement to where their bytes stand after it.
void MoveSpans(const Findings& findings, std::vector<RedactionSpan>* spans) {
  for (RedactionSpan& span : *spans) {
    const uint64_t old_begin = span.begin;
    for (const Finding& finding : findings) {
      if (finding.begin >= old_begin) break;
      span.begin = span.begin + kTokenLength - finding.length;
    }
  }
}

}  // namespace

bool ReplaceFindings(std::string_view key, const RedactionSpan& where, Findings findings,
                     std::string* text, std::vector<RedactionSpan>* spans) {
  const std::string_view old = *text;
  std::erase_if(findings, [old](const Finding& finding) {
    return finding.length == 0 || IsPseudonym(old.substr(finding.begin, finding.length));
  });
  if (findings.empty()) return false;
  MoveSpans(findings, spans);
  std::string fresh;
  fresh.reserve(old.size() + findings.size() * kTokenLength);
  size_t copied = 0;
  for (const Finding& finding : findings) {
    fresh.append(old.substr(copied, finding.begin - copied));
    RedactionSpan span = where;
    span.kind = finding.kind;
    span.begin = fresh.size();
    span.length = kTokenLength;
    spans->push_back(span);
    fresh.append(MakeToken(key, finding.kind, old.substr(finding.begin, finding.length)));
    copied = finding.begin + finding.length;
  }
  fresh.append(old.substr(copied));
  *text = std::move(fresh);
  std::sort(spans->begin(), spans->end(),
            [](const RedactionSpan& a, const RedactionSpan& b) { return a.begin < b.begin; });
  return true;
}

}  // namespace shadowreel
