#pragma once

#include <optional>
#include <vector>

#include "replayer/measure/outcome_log.h"
#include "replayer/verdict/threshold_result.h"
#include "scenarios/terms/threshold.h"

namespace shadowreel {

// How thresholds come out by what was measured; pure. `totals` has the groups of
// GroupsOfThresholds (threshold_groups.h).
//
// A percentile is known as a bucket of the histogram, at most 0.4 % wide, and a threshold passes
// only when the whole bucket does: `value` is its upper end, for > and >= its lower end.
std::vector<ThresholdResult> EvaluateThresholds(const std::vector<Threshold>& thresholds,
                                                const OutcomeTotals& totals);

// The result of a threshold that a run in its course has failed; nothing when it has not, or when
// that cannot be told yet: of shares, rates, means and percentiles before 100 samples, of p99.9
// before 1,000 (one beyond the percentile), and so on; of counts, minima and maxima as long as what
// is to come might mend them.
std::optional<ThresholdResult> FailureSoFar(const Threshold& threshold,
                                            const OutcomeTotals& totals);

}  // namespace shadowreel
