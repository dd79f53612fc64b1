#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "replayer/measure/outcome_log.h"
#include "replayer/verdict/threshold_result.h"
#include "scenarios/terms/threshold.h"

namespace shadowreel {

// Ends a run early: looks once a second, after its grace, at each threshold with abort_on_fail.
// Owner: the pacing thread.
class ThresholdWatch {
 public:
  struct Failure {
    size_t threshold;        // its place in the list
    ThresholdResult result;  // as it stood then; `observed` says when
  };

  // Both outlive it; `totals` is what the run's OutcomeLog is adding to.
  ThresholdWatch(const std::vector<Threshold>& thresholds, const OutcomeTotals& totals);

  // Whether a threshold has failed, at `now` since the run's start, which never goes back. Cheap
  // between the looks: call it as often as you like. Once true, it stays so.
  bool HasFailed(Nanos now);

  const std::optional<Failure>& failure() const { return failure_; }

  // "latency.p99 < 250ms failed: 412.00 ms after 12.00 s"; once it has failed.
  std::string reason() const;

 private:
  void Look(Nanos now);

  const std::vector<Threshold>& thresholds_;
  const OutcomeTotals& totals_;
  Nanos next_look_;
  std::optional<Failure> failure_;
};

}  // namespace shadowreel
