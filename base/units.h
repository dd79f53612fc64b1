#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace shadowreel {

// Values as command lines and scenarios write them. Each error says what was read and what is
// expected, without the flag's name (the caller knows it).

// "250ms", "1.5s", "5m", "2h", "100us", "7ns"; at least 0. "0" needs no unit.
absl::StatusOr<Nanos> ParseDuration(std::string_view text);

// "65536", "64KiB", "1MiB", "1.5GiB", "2TiB".
absl::StatusOr<uint64_t> ParseBytes(std::string_view text);

// A finite number; "nan" and "inf" are errors.
absl::StatusOr<double> ParseNumber(std::string_view text);

// A finite number from 0 to 100; a trailing "%" is allowed.
absl::StatusOr<double> ParsePercent(std::string_view text);

// "1.23 ms", "45.6 us", "2.00 s"; for people.
std::string FormatDuration(Nanos duration);

// "12 B", "3.4 KiB", "1.2 GiB"; for people.
std::string FormatBytes(uint64_t bytes);

// "2026-11-23T19:42:00.123Z"; UTC, milliseconds.
std::string FormatTime(WallTime time);

}  // namespace shadowreel
