#include "replayer/plan/path_fold.h"

#include <algorithm>
#include <cstddef>

#include "net/http/byte_set.h"

namespace shadowreel {
namespace {

constexpr size_t kLongRun = 12;       // characters
constexpr size_t kManyDigits = 5;     // in a row
constexpr size_t kDigitsOfOrder = 4;  // behind a word
constexpr size_t kManyNumbers = 4;    // within letters

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr ByteSet kDigits =
    ByteSet::Where([](unsigned char c) { return IsDigit(static_cast<char>(c)); });
constexpr ByteSet kHex = ByteSet::Where([](unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
});

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !kHex.Holds(text[i])) return false;
  }
  return true;
}

// A word, a dash, digits.
bool IsNumbered(std::string_view text) {
  const size_t dash = text.find_first_of("-_");
  if (dash == 0 || dash == std::string_view::npos) return false;
  const std::string_view number = text.substr(dash + 1);
  return number.size() >= kDigitsOfOrder && kDigits.HoldsAllOf(number) &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dash), IsLetter);
}

// Looks at stretches of letters and digits.
class Stretches {
 public:
  explicit Stretches(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (IsDigit(text[i])) {
        Digit();
      } else if (IsLetter(text[i])) {
        Letter();
      } else if (text[i] == '%') {
        Letter();
        i += 2;
      } else {
        End();
      }
    }
    End();
  }

  bool LooksDrawn() const {
    return most_digits_ >= kManyDigits || long_mix_ || numbers_ >= kManyNumbers;
  }

 private:
  void Digit() {
    ++length_;
    if (digits_ == 0) ++numbers_here_;
    ++digits_;
    most_digits_ = std::max(most_digits_, digits_);
  }
  void Letter() {
    ++length_;
    digits_ = 0;
    letters_ = true;
  }
  void End() {
    if (letters_) {
      numbers_ += numbers_here_;
      long_mix_ |= length_ >= kLongRun && numbers_here_ >= 2;
    }
    length_ = numbers_here_ = digits_ = 0;
    letters_ = false;
  }

  size_t length_ = 0;        // of this stretch
  size_t numbers_here_ = 0;  // in it
  size_t digits_ = 0;        // in a row, up to here
  bool letters_ = false;     // in it
  size_t numbers_ = 0;       // within letters
  size_t most_digits_ = 0;
  bool long_mix_ = false;
};

}  // namespace

std::string_view ParameterFor(std::string_view segment) {
  if (std::none_of(segment.begin(), segment.end(), IsDigit)) return {};
  if (kDigits.HoldsAllOf(segment)) return "{number}";
  if (segment.size() >= kLongRun && kHex.HoldsAllOf(segment)) return "{id}";
  if (IsUuid(segment)) return "{uuid}";
  if (IsNumbered(segment) || Stretches(segment).LooksDrawn()) return "{id}";
  return {};
}

}  // namespace shadowreel
