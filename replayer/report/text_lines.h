#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "replayer/measure/ledger.h"
#include "replayer/measure/summary.h"

namespace shadowreel {

// Lines that reports for people have in common.

// None is longer.
inline constexpr size_t kColumns = 100;

// The text, or its beginning and "...".
std::string CutTo(std::string text, size_t columns);

// "  target      http://...\n"; nothing when the value is empty.
std::string RunLine(std::string_view name, std::string_view value);

// "v2 of httpbin (version=v2): 3 endpoints", as the value of a RunLine; nothing for none.
std::string SubsetText(const std::optional<SubsetFacts>& subset);

// A count, indented by `depth` steps, with the commonest of its breakdown behind it.
std::string LedgerLine(size_t depth, std::string_view name, uint64_t count,
                       const CountsByText& breakdown = {});

// The planner's part of the ledger: what was read, and below it what became of that.
std::string PlanLedgerLines(const ReplayLedger& ledger);

}  // namespace shadowreel
