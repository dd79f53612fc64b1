#include "formats/reel/time_bound.h"

#include "base/status.h"
#include "base/units.h"
#include "formats/exchange/calendar_time.h"

namespace shadowreel {
namespace {

constexpr size_t kSecondsEnd = sizeof("2026-11-23T19:42:00") - 1;

// Whether all that tells a time apart is there, Z included; ParseIsoTime does without.
bool IsWrittenOut(std::string_view text) {
  return text.size() > kSecondsEnd && text[4] == '-' && text[7] == '-' &&
         (text[10] == 'T' || text[10] == 't') && text[13] == ':' && text[16] == ':' &&
         (text.back() == 'Z' || text.back() == 'z');
}

}  // namespace

WallTime TimeBound::In(WallTime start) const {
  if (!from_start) return WallTime(since);
  if (start > WallTime(Nanos::max() - since)) return WallTime::max();
  return start + since;
}

absl::StatusOr<TimeBound> ParseTimeBound(std::string_view text) {
  if (IsWrittenOut(text)) {
    if (const auto time = ParseIsoTime(text))
      return TimeBound{false, time->time.time_since_epoch()};
  }
  if (const absl::StatusOr<Nanos> offset = ParseDuration(text); offset.ok()) {
    return TimeBound{true, *offset};
  }
  return UsageError(
      "'{}' is no time; write 2026-11-23T19:42:00Z, or 10m for ten minutes from the start", text);
}

}  // namespace shadowreel
