#pragma once

#include "base/clock.h"
#include "replayer/measure/summary.h"

namespace shadowreel {

// A row of the table of times.
struct TimesRow {
  const char* name;
  Nanos TimeQuantiles::*value;
};

// In the order in which reports for people show them.
inline constexpr TimesRow kTimesRows[] = {
    {"p50", &TimeQuantiles::p50},    {"p90", &TimeQuantiles::p90}, {"p99", &TimeQuantiles::p99},
    {"p99.9", &TimeQuantiles::p999}, {"max", &TimeQuantiles::max}, {"mean", &TimeQuantiles::mean},
};

}  // namespace shadowreel
