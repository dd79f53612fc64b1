#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <string>

#include "replayer/measure/summary.h"
#include "replayer/report/no_run.h"

namespace shadowreel {

// GitHub takes comments of 65,536 characters and step summaries of 1 MiB; the rest is for what
// others write before and after a report.
inline constexpr size_t kMostMarkdownBytes = 60'000;

// A run for a pull request or a step summary: the verdict in words as the headline (of the text
// report, or `trouble`), thresholds, reasons, what was sent, times, the worst endpoints. At most
// kMostMarkdownBytes; says what is left out. Ends with a line end. Pure.
std::string MarkdownReport(const Summary& summary, const absl::Status& trouble);
std::string MarkdownReport(const NoRun& no_run);

}  // namespace shadowreel
