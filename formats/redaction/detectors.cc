#include "formats/redaction/detectors.h"

#include <algorithm>
#include <array>

#include "formats/redaction/pseudonym.h"

namespace shadowreel {
namespace {

// '{"' in base64url: how the header of every JWT begins.
constexpr std::string_view kJwtBeginning = "eyJ";
constexpr size_t kShortestCard = 13;
constexpr size_t kLongestCard = 19;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAlphanumeric(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsBase64Url(char c) { return IsAlphanumeric(c) || c == '-' || c == '_'; }

bool IsGroupMark(char c) { return c == ' ' || c == '-'; }

// Whether the digit at `at` stands among enough others for a card, single group marks between
// them. Looks at a bounded number of bytes around it.
bool StandsInLongRun(std::string_view text, size_t at) {
  // So many bytes of a run hold enough digits.
  constexpr size_t kReach = 2 * kShortestCard;
  const auto continues = [text](size_t next, size_t from) {
    return IsDigit(text[next]) || (IsGroupMark(text[next]) && IsDigit(text[from]));
  };
  size_t begin = at;
  while (begin > 0 && at - begin < kReach && continues(begin - 1, begin)) --begin;
  size_t digits = IsDigit(text[begin]) ? 1 : 0;
  for (size_t next = begin + 1; next < text.size() && digits < kShortestCard; ++next) {
    if (!continues(next, next - 1)) break;
    if (IsDigit(text[next])) ++digits;
  }
  return digits >= kShortestCard;
}

// False for most texts without a card, and for none with one. In a card no two neighbours both are
// group marks, and it has kShortestCard bytes at least: it holds one of the pairs looked at.
bool MayHoldCard(std::string_view text) {
  for (size_t at = 0; at + 1 < text.size(); at += kShortestCard - 1) {
    const size_t digit = IsDigit(text[at]) ? at : at + 1;
    if (IsDigit(text[digit]) && StandsInLongRun(text, digit)) return true;
  }
  return false;
}

// Looks for its rarest letter.
bool HoldsJwtBeginning(std::string_view text) {
  constexpr size_t kBefore = kJwtBeginning.size() - 1;
  for (size_t at = kBefore; (at = text.find('J', at)) != std::string_view::npos; ++at) {
    if (text[at - 2] == 'e' && text[at - 1] == 'y') return true;
  }
  return false;
}

size_t EndOfPart(std::string_view text, size_t begin) {
  while (begin < text.size() && IsBase64Url(text[begin])) ++begin;
  return begin;
}

// The JWT's end when one begins at `begin`, else `begin`.
size_t TakeJwt(std::string_view text, size_t begin, Findings* findings) {
  if (!text.substr(begin).starts_with(kJwtBeginning)) return begin;
  std::array<Finding, 3> parts;
  size_t at = begin;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      if (at == text.size() || text[at] != '.') return begin;
      ++at;
    }
    const size_t end = EndOfPart(text, at);
    if (end == at) return begin;
    parts[i] = {RedactionClass::kJwt, at, end - at};
    at = end;
  }
  findings->insert(findings->end(), parts.begin(), parts.end());
  return at;
}

bool LuhnHolds(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (size_t i = digits.size(); i > 0; --i) {
    int digit = digits[i - 1] - '0';
    if (twice) digit = digit < 5 ? digit * 2 : digit * 2 - 9;
    sum += digit;
    twice = !twice;
  }
  return sum % 10 == 0;
}

// The end of the longest card number that begins at `begin`, else `begin`.
size_t EndOfCard(std::string_view text, size_t begin) {
  if (!IsDigit(text[begin]) || (begin > 0 && IsAlphanumeric(text[begin - 1]))) return begin;
  std::array<char, kLongestCard> digits;
  size_t count = 0;
  size_t card_end = begin;
  for (size_t at = begin; at < text.size() && count < digits.size(); ++at) {
    if (!IsDigit(text[at])) {
      if (!IsGroupMark(text[at]) || at + 1 == text.size() || !IsDigit(text[at + 1])) break;
      continue;
    }
    digits[count++] = text[at];
    if (count < kShortestCard) continue;
    const bool group_ends = at + 1 == text.size() || !IsAlphanumeric(text[at + 1]);
    if (group_ends && LuhnHolds({digits.data(), count})) card_end = at + 1;
  }
  return card_end;
}

}  // namespace

void DetectSecrets(std::string_view text, Findings* findings) {
  if (!MayHoldCard(text) && !HoldsJwtBeginning(text)) return;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == kTokenPrefix[0] && IsPseudonymToken(text.substr(at, kTokenLength))) {
      at += kTokenLength;
      continue;
    }
    size_t end = TakeJwt(text, at, findings);
    if (end == at) {
      end = EndOfCard(text, at);
      if (end != at) findings->push_back({RedactionClass::kCard, at, end - at});
    }
    at = std::max(end, at + 1);
  }
}

}  // namespace shadowreel
