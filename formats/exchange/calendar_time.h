#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace shadowreel {

// A time as text gives it.
struct CalendarTime {
  WallTime time;
  bool whole_second = false;  // the text has no fraction: the time is known to the second
};

// RFC 3339 and what is near it: separators may be missing, a fraction follows '.' or ',' (read to
// the nanosecond), the zone is Z, +hh:mm, +hhmm or missing (UTC). From 1970 to 2261, as a segment
// holds them; nothing for everything else.
std::optional<CalendarTime> ParseIsoTime(std::string_view text);

// "10/Oct/2000:13:55:36 -0700", as nginx and Apache log it. The same years.
std::optional<CalendarTime> ParseLogTime(std::string_view text);

// "2026-11-23T19:42:00.123456789Z".
std::string FormatIsoTime(WallTime time);

}  // namespace shadowreel
