#pragma once

#include <string>

#include "replayer/measure/summary.h"

namespace shadowreel {

// Of summary.json, whose keys docs/schemas/summary.schema.json describes. Raised when a key changes
// its meaning or goes; new keys do not raise it, and go into the schema.
inline constexpr int kSummarySchemaVersion = 1;

// A summary for scripts, as summary.json holds it: one indented JSON object and a newline.
// Durations are integers in nanoseconds, shares 0 to 1, rates requests a second. Pure.
std::string JsonReport(const Summary& summary);

}  // namespace shadowreel
