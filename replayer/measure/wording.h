#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "replayer/measure/ledger.h"

namespace shadowreel {

// Numbers as summaries and reports say them.

// "1,234,567".
std::string FormatCount(uint64_t count);

// "49.8 %" of a share from 0 to 1. A little is never nothing, and nearly all never all: "<0.1 %",
// ">99.9 %".
std::string FormatShare(double share);

// "1,234.5/s".
std::string FormatRate(double per_second);

// "in-flight cap 12, rate cap 3": the commonest `most` texts, then "and 2 more".
std::string FormatCounts(const CountsByText& counts, size_t most);

}  // namespace shadowreel
