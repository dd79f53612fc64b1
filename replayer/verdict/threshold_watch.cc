#include "replayer/verdict/threshold_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/units.h"
#include "replayer/verdict/threshold_evaluator.h"

namespace shadowreel {
namespace {

constexpr Nanos kPeriod = std::chrono::seconds(1);

bool AnyAborts(const std::vector<Threshold>& thresholds) {
  return std::any_of(thresholds.begin(), thresholds.end(),
                     [](const Threshold& threshold) { return threshold.abort_on_fail; });
}

}  // namespace

ThresholdWatch::ThresholdWatch(const std::vector<Threshold>& thresholds,
                               const OutcomeTotals& totals)
    : thresholds_(thresholds),
      totals_(totals),
      next_look_(AnyAborts(thresholds) ? kPeriod : Nanos::max()) {}

bool ThresholdWatch::HasFailed(Nanos now) {
  if (failure_.has_value()) return true;
  if (now < next_look_) return false;
  next_look_ = now + kPeriod;
  Look(now);
  return failure_.has_value();
}

void ThresholdWatch::Look(Nanos now) {
  for (size_t i = 0; i < thresholds_.size(); ++i) {
    if (!thresholds_[i].abort_on_fail || now < thresholds_[i].grace) continue;
    std::optional<ThresholdResult> failed = FailureSoFar(thresholds_[i], totals_);
    if (!failed.has_value()) continue;
    failed->aborted = true;
    failed->observed += fmt::format(" after {}", FormatDuration(now));
    failure_ = Failure{.threshold = i, .result = *std::move(failed)};
    return;
  }
}

std::string ThresholdWatch::reason() const {
  CHECK(failure_.has_value());
  return fmt::format("{} failed: {}", failure_->result.threshold.text, failure_->result.observed);
}

}  // namespace shadowreel
