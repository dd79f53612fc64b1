#pragma once

#include <absl/status/status.h>

#include <string>
#include <vector>

#include "replayer/measure/summary.h"
#include "replayer/report/no_run.h"

namespace shadowreel {

// A run with what came of it.
struct ReportExample {
  std::string name;  // "failed"
  Summary summary;
  absl::Status trouble{};
};

// A text with all that markup and terminals trip over: "]]>", quotes, pipes, backticks, tags,
// mentions, control bytes, bytes that are no UTF-8, code points that XML does not know.
std::string HostileText();

// Passed, then failed: all thresholds with what was observed.
std::vector<ThresholdResult> PassedThresholds();
std::vector<ThresholdResult> FailedThresholds();

// "passed", "failed", "limited", "empty", "hostile" and "breaker".
std::vector<ReportExample> ReportExamples();

// Refused by a safety rule before anything was sent.
NoRun RefusedRun();

}  // namespace shadowreel
