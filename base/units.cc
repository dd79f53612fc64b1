#include "base/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>

#include "base/status.h"

namespace shadowreel {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 6> kDurations = {
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
constexpr std::array<Unit, 6> kSizes = {{{"", 1},
                                         {"B", 1},
                                         {"KiB", 1024.0},
                                         {"MiB", 1048576.0},
                                         {"GiB", 1073741824.0},
                                         {"TiB", 1099511627776.0}}};

// The number at the front of `text`, which loses it; NaN when there is none.
double TakeNumber(std::string_view* text) {
  double value = NAN;
  const auto [end, error] =
      std::from_chars(text->data(), text->data() + text->size(), value, std::chars_format::fixed);
  if (error != std::errc()) return NAN;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return value;
}

template <size_t N>
double Scaled(std::string_view text, const std::array<Unit, N>& units) {
  const double number = TakeNumber(&text);
  for (const Unit& unit : units) {
    if (unit.name == text) return number * unit.factor;
  }
  return text.empty() && number == 0 ? 0 : NAN;
}

}  // namespace

absl::StatusOr<Nanos> ParseDuration(std::string_view text) {
  const double nanos = Scaled(text, kDurations);
  if (!(nanos >= 0 && nanos < 9e18)) {
    return UsageError("'{}' is not a duration; write for example 250ms, 10s, 5m or 2h", text);
  }
  return Nanos(std::llround(nanos));
}

absl::StatusOr<uint64_t> ParseBytes(std::string_view text) {
  const double bytes = Scaled(text, kSizes);
  if (!(bytes >= 0 && bytes < 9e18)) {
    return UsageError("'{}' is not a size; write for example 65536, 64KiB or 1GiB", text);
  }
  return static_cast<uint64_t>(bytes);
}

absl::StatusOr<double> ParseNumber(std::string_view text) {
  std::string_view rest = text;
  const double value = TakeNumber(&rest);
  if (!std::isfinite(value) || !rest.empty()) return UsageError("'{}' is not a number", text);
  return value;
}

absl::StatusOr<double> ParsePercent(std::string_view text) {
  std::string_view number = text;
  if (number.ends_with('%')) number.remove_suffix(1);
  absl::StatusOr<double> value = ParseNumber(number);
  if (!value.ok() || *value < 0 || *value > 100) {
    return UsageError("'{}' is not a percentage from 0 to 100", text);
  }
  return value;
}

std::string FormatDuration(Nanos duration) {
  const double nanos = static_cast<double>(duration.count());
  const double size = std::fabs(nanos);
  if (size < 1e3) return fmt::format("{} ns", duration.count());
  // The limits below a unit's end are where its last digit would round up to the next unit.
  if (size < 999.95e3) return fmt::format("{:.1f} us", nanos / 1e3);
  if (size < 999.995e6) return fmt::format("{:.2f} ms", nanos / 1e6);
  if (size < 120e9) return fmt::format("{:.2f} s", nanos / 1e9);
  if (size < 7200e9) return fmt::format("{:.1f} min", nanos / 60e9);
  return fmt::format("{:.2f} h", nanos / 3600e9);
}

std::string FormatBytes(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes);
  for (const char* unit : {"KiB", "MiB", "GiB"}) {
    size /= 1024;
    if (size < 1023.95) return fmt::format("{:.1f} {}", size, unit);
  }
  return fmt::format("{:.1f} TiB", size / 1024);
}

std::string FormatTime(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  const auto rest = time.time_since_epoch() - seconds;
  const std::time_t unix_time = seconds.count();
  std::tm parts{};
  gmtime_r(&unix_time, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     rest.count() / 1'000'000);
}

}  // namespace shadowreel
