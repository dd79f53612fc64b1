#include "replayer/pace/breaker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"

namespace shadowreel {

void Breaker::Add(SteadyTime now, bool error, Nanos latency) {
  if (tripped()) return;
  const Nanos width = std::max(options_.window / static_cast<int64_t>(slices_.size()), Nanos(1));
  const int64_t number = now.time_since_epoch() / width;
  Slice& slice = slices_[static_cast<size_t>(number) % slices_.size()];
  if (slice.number != number) slice = Slice{.number = number};
  ++slice.ended;
  slice.errors += error ? 1 : 0;
  slice.slow += options_.latency > Nanos(0) && latency > options_.latency ? 1 : 0;
  Judge(number);
}

void Breaker::Judge(int64_t newest) {
  Slice sum;
  for (const Slice& slice : slices_) {
    if (slice.number <= newest - static_cast<int64_t>(slices_.size())) continue;
    sum.ended += slice.ended;
    sum.errors += slice.errors;
    sum.slow += slice.slow;
  }
  if (sum.ended < std::max<uint64_t>(options_.min_ended, 1)) return;
  const double share = 100.0 * static_cast<double>(sum.errors) / static_cast<double>(sum.ended);
  if (share > options_.errors_percent) {
    reason_ = fmt::format(
        "{:.1f} % of the last {} requests failed or were answered 5xx; the bound is {:g} %", share,
        sum.ended, options_.errors_percent);
  } else if (sum.slow * 2 > sum.ended) {
    reason_ = fmt::format("the median latency of the last {} requests is above {}", sum.ended,
                          FormatDuration(options_.latency));
  }
}

}  // namespace shadowreel
