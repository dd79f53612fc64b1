#include "formats/exchange/calendar_time.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace shadowreel {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2261;  // the last whole one in 64 bits of nanoseconds

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes parts off the front of a text. Once something does not fit, ok() is false.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }
  bool Next(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool NextOf(std::string_view any) {
    if (rest_.empty() || any.find(rest_.front()) == any.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Expect(char c) { ok_ = Next(c) && ok_; }
  int Digits(size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
      if (rest_.empty() || !IsDigit(rest_.front())) {
        ok_ = false;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  // Nanoseconds of a fraction of any length.
  int Fraction() {
    int nanos = 0;
    int unit = 100'000'000;
    if (rest_.empty() || !IsDigit(rest_.front())) ok_ = false;
    for (; !rest_.empty() && IsDigit(rest_.front()); rest_.remove_prefix(1)) {
      nanos += unit * (rest_.front() - '0');
      unit /= 10;
    }
    return nanos;
  }
  unsigned Month() {
    for (unsigned month = 0; month < kMonths.size(); ++month) {
      if (!rest_.starts_with(kMonths[month])) continue;
      rest_.remove_prefix(kMonths[month].size());
      return month + 1;
    }
    ok_ = false;
    return 0;
  }
  // Minutes east of UTC.
  int Zone() {
    const bool west = Next('-');
    if (!west && !Next('+')) {
      ok_ = false;
      return 0;
    }
    const int hours = Digits(2);
    Next(':');
    const int minutes = Digits(2);
    if (hours > 23 || minutes > 59) ok_ = false;
    return (west ? -1 : 1) * (hours * 60 + minutes);
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Parts {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanos = 0;
  int zone_minutes = 0;
};

std::optional<WallTime> TimeOf(const Parts& parts) {
  const std::chrono::year_month_day date{
      std::chrono::year(parts.year), std::chrono::month(parts.month), std::chrono::day(parts.day)};
  if (parts.year < kFirstYear || parts.year > kLastYear || !date.ok()) return std::nullopt;
  if (parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  const Nanos since = std::chrono::sys_days(date).time_since_epoch() +
                      std::chrono::hours(parts.hour) +
                      std::chrono::minutes(parts.minute - parts.zone_minutes) +
                      std::chrono::seconds(parts.second) + Nanos(parts.nanos);
  if (since < Nanos(0)) return std::nullopt;
  return WallTime(since);
}

void ScanClock(Scan* scan, bool separators_needed, Parts* parts) {
  parts->hour = scan->Digits(2);
  if (!scan->Next(':') && separators_needed) scan->Expect(':');
  parts->minute = scan->Digits(2);
  if (!scan->Next(':') && separators_needed) scan->Expect(':');
  parts->second = scan->Digits(2);
}

std::optional<CalendarTime> Finish(const Scan& scan, const Parts& parts, bool whole_second) {
  if (!scan.ok() || !scan.AtEnd()) return std::nullopt;
  const std::optional<WallTime> time = TimeOf(parts);
  if (!time) return std::nullopt;
  return CalendarTime{*time, whole_second};
}

}  // namespace

std::optional<CalendarTime> ParseIsoTime(std::string_view text) {
  Scan scan(text);
  Parts parts;
  parts.year = scan.Digits(4);
  scan.Next('-');
  parts.month = static_cast<unsigned>(scan.Digits(2));
  scan.Next('-');
  parts.day = static_cast<unsigned>(scan.Digits(2));
  scan.NextOf("Tt ");
  ScanClock(&scan, false, &parts);
  const bool has_fraction = scan.NextOf(".,");
  if (has_fraction) parts.nanos = scan.Fraction();
  if (!scan.NextOf("Zz") && !scan.AtEnd()) parts.zone_minutes = scan.Zone();
  return Finish(scan, parts, !has_fraction);
}

std::optional<CalendarTime> ParseLogTime(std::string_view text) {
  Scan scan(text);
  Parts parts;
  parts.day = static_cast<unsigned>(scan.Digits(2));
  scan.Expect('/');
  parts.month = scan.Month();
  scan.Expect('/');
  parts.year = scan.Digits(4);
  scan.Expect(':');
  ScanClock(&scan, true, &parts);
  const bool has_fraction = scan.Next('.');
  if (has_fraction) parts.nanos = scan.Fraction();
  scan.Expect(' ');
  parts.zone_minutes = scan.Zone();
  return Finish(scan, parts, !has_fraction);
}

std::string FormatIsoTime(WallTime time) {
  const auto days = std::chrono::floor<std::chrono::days>(time.time_since_epoch());
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const std::chrono::hh_mm_ss clock{time.time_since_epoch() - days};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

}  // namespace shadowreel
