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

bool MayHoldSecret(std::string_view text) {
  if (text.size() < kShortestCard) return text.find(kJwtBeginning) != std::string_view::npos;
  if (std::count_if(text.begin(), text.end(), IsDigit) >= static_cast<int>(kShortestCard)) {
    return true;
  }
  return text.find(kJwtBeginning) != std::string_view::npos;
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
      const bool groups = text[at] == ' ' || text[at] == '-';
      if (!groups || at + 1 == text.size() || !IsDigit(text[at + 1])) break;
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
  if (!MayHoldSecret(text)) return;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == kTokenPrefix[0] && IsToken(text.substr(at, kTokenLength))) {
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
