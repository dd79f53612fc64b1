#include "formats/reel/time_bound.h"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/status.h"
#include "base/units.h"

namespace shadowreel {
namespace {

constexpr size_t kSecondsEnd = sizeof("2026-11-23T19:42:00") - 1;

// All digits, or nothing.
std::optional<int> Number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return {};
  if (digits.empty() || digits.front() == '-') return {};
  return value;
}

// ".25" in nanoseconds.
std::optional<Nanos> Fraction(std::string_view text) {
  constexpr size_t kDigits = 9;
  if (text.empty()) return Nanos(0);
  if (text.front() != '.' || text.size() < 2 || text.size() > 1 + kDigits) return {};
  std::string digits(text.substr(1));
  digits.resize(kDigits, '0');
  const std::optional<int> nanos = Number(digits);
  if (!nanos) return {};
  return Nanos(*nanos);
}

bool HasSeparators(std::string_view text) {
  return text.size() > kSecondsEnd && text[4] == '-' && text[7] == '-' &&
         (text[10] == 'T' || text[10] == 't') && text[13] == ':' && text[16] == ':' &&
         (text.back() == 'Z' || text.back() == 'z');
}

// Since 1970.
std::optional<Nanos> ParseTime(std::string_view text) {
  if (!HasSeparators(text)) return {};
  const auto part = [&](size_t at, size_t length) { return Number(text.substr(at, length)); };
  const auto year = part(0, 4), month = part(5, 2), day = part(8, 2);
  const auto hour = part(11, 2), minute = part(14, 2), second = part(17, 2);
  const auto fraction = Fraction(text.substr(kSecondsEnd, text.size() - kSecondsEnd - 1));
  if (!year || !month || !day || !hour || !minute || !second || !fraction) return {};
  // Up to where 64 bits of nanoseconds reach.
  if (*year < 1970 || *year > 2261 || *hour > 23 || *minute > 59 || *second > 59) return {};
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return {};
  return std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
         std::chrono::minutes(*minute) + std::chrono::seconds(*second) + *fraction;
}

}  // namespace

WallTime TimeBound::In(WallTime start) const {
  if (!from_start) return WallTime(since);
  if (start > WallTime(Nanos::max() - since)) return WallTime::max();
  return start + since;
}

absl::StatusOr<TimeBound> ParseTimeBound(std::string_view text) {
  if (const std::optional<Nanos> time = ParseTime(text)) return TimeBound{false, *time};
  if (const absl::StatusOr<Nanos> offset = ParseDuration(text); offset.ok()) {
    return TimeBound{true, *offset};
  }
  return UsageError(
      "'{}' is no time; write 2026-11-23T19:42:00Z, or 10m for ten minutes from the start", text);
}

}  // namespace shadowreel
