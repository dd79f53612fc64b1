#pragma once

#include <absl/status/statusor.h>

#include <string_view>

#include "base/clock.h"

namespace shadowreel {

// A moment of a recording, as a flag names it.
struct TimeBound {
  bool from_start = false;  // `since` counts from the recording's first record, else from 1970
  Nanos since{0};

  // The bound of a recording that starts then; the last moment there is, should it lie beyond.
  WallTime In(WallTime start) const;
};

// "2026-11-23T19:42:00Z", with a fraction or none (RFC 3339, UTC only, from 1970 to 2261), or a
// duration from the recording's start ("10m").
absl::StatusOr<TimeBound> ParseTimeBound(std::string_view text);

}  // namespace shadowreel
