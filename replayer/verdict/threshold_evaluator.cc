#include "replayer/verdict/threshold_evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/units.h"
#include "replayer/measure/wording.h"

namespace shadowreel {
namespace {

constexpr uint64_t kLeastSamples = 100;

using StatusCounts = std::map<uint16_t, uint64_t>;

// Of all endpoints together, or of one group of them.
struct Measurements {
  uint64_t planned = 0;
  uint64_t shed = 0;
  uint64_t sent = 0;
  uint64_t errors = 0;
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t timed_out = 0;
  double achieved_rate = 0;
  const StatusCounts& status;
  const LatencyHistogram& latency;
  const LatencyHistogram& service_time;
  const LatencyHistogram& send_lag;
};

// What a threshold looks at: the true value lies from `low` to `high`.
struct Reading {
  uint64_t samples = 0;  // that it was taken of; 0: nothing was measured
  double low = 0;
  double high = 0;
  uint64_t count = 0;  // of a share or a count: of `samples`
};

uint64_t CountStatus(const StatusCounts& counts, uint16_t status) {
  uint64_t sum = 0;
  for (const auto& [code, count] : counts) {
    if (code == status || (status < 10 && code / 100 == status)) sum += count;
  }
  return sum;
}

Measurements Whole(const OutcomeTotals& totals) {
  const uint64_t sent = totals.send_lag.count();
  const uint64_t completed = totals.count(OutcomeKind::kCompleted);
  return {.planned = std::accumulate(totals.kinds.begin(), totals.kinds.end(), uint64_t{0}),
          .shed = totals.count(OutcomeKind::kShed),
          .sent = sent,
          .errors = sent - completed + CountStatus(totals.status, 5),
          .completed = completed,
          .failed = totals.count(OutcomeKind::kFailed),
          .timed_out = totals.count(OutcomeKind::kTimedOut),
          .achieved_rate = RateOf(sent, totals.first_sent, totals.last_sent),
          .status = totals.status,
          .latency = totals.latency,
          .service_time = totals.service_time,
          .send_lag = totals.send_lag};
}

// Its rate is its share of the whole one.
Measurements Grouped(const OutcomeTotals& totals, const GroupTotals& group) {
  const uint64_t all = totals.send_lag.count();
  const double rate = RateOf(all, totals.first_sent, totals.last_sent);
  return {.sent = group.sent,
          .errors = group.errors,
          .completed = group.completed,
          .failed = group.failed,
          .timed_out = group.timed_out,
          .achieved_rate =
              all == 0 ? 0 : rate * static_cast<double>(group.sent) / static_cast<double>(all),
          .status = group.status,
          .latency = group.latency,
          .service_time = group.service_time,
          .send_lag = group.send_lag};
}

Measurements MeasurementsFor(const Threshold& threshold, const OutcomeTotals& totals) {
  if (threshold.endpoint.empty()) return Whole(totals);
  const auto group =
      std::find_if(totals.groups.begin(), totals.groups.end(),
                   [&](const GroupTotals& known) { return known.name == threshold.endpoint; });
  CHECK(group != totals.groups.end());
  return Grouped(totals, *group);
}

Reading ReadTimes(const Threshold& threshold, const LatencyHistogram& times) {
  const auto exactly = [&](Nanos time) {
    const double nanos = static_cast<double>(time.count());
    return Reading{.samples = times.count(), .low = nanos, .high = nanos};
  };
  switch (threshold.statistic) {
    case Threshold::Statistic::kMin:
      return exactly(times.min());
    case Threshold::Statistic::kMax:
      return exactly(times.max());
    case Threshold::Statistic::kMean:
      return exactly(times.mean());
    case Threshold::Statistic::kQuantile:
      break;
  }
  return {.samples = times.count(),
          .low = static_cast<double>(times.QuantileFloor(threshold.quantile).count()),
          .high = static_cast<double>(times.Quantile(threshold.quantile).count())};
}

Reading ReadCount(const Threshold& threshold, uint64_t count, uint64_t of) {
  double value = static_cast<double>(count);
  if (threshold.unit == BoundUnit::kShare) value /= static_cast<double>(std::max<uint64_t>(of, 1));
  return {.samples = of, .low = value, .high = value, .count = count};
}

Reading Read(const Threshold& threshold, const Measurements& measured) {
  switch (threshold.metric) {
    case Metric::kLatency:
      return ReadTimes(threshold, measured.latency);
    case Metric::kServiceTime:
      return ReadTimes(threshold, measured.service_time);
    case Metric::kSendLag:
      return ReadTimes(threshold, measured.send_lag);
    case Metric::kErrors:
      return ReadCount(threshold, measured.errors, measured.sent);
    case Metric::kFailed:
      return ReadCount(threshold, measured.failed, measured.sent);
    case Metric::kTimedOut:
      return ReadCount(threshold, measured.timed_out, measured.sent);
    case Metric::kShed:
      return ReadCount(threshold, measured.shed, measured.planned);
    case Metric::kStatus:
      return ReadCount(threshold, CountStatus(measured.status, threshold.status),
                       measured.completed);
    case Metric::kAchievedRate:
      break;
  }
  const double rate = measured.achieved_rate;
  return {.samples = rate > 0 ? measured.sent : 0, .low = rate, .high = rate};
}

// A share of 3 in 1,000 is 0.3 %, whatever the last bit of either says.
double Snapped(double value, double bound) {
  return std::fabs(value - bound) <= 1e-12 * bound ? bound : value;
}

bool Holds(const Threshold& threshold, const Reading& reading) {
  const double bound = threshold.bound;
  const double low = Snapped(reading.low, bound);
  const double high = Snapped(reading.high, bound);
  switch (threshold.comparison) {
    case Comparison::kLess:
      return high < bound;
    case Comparison::kLessOrEqual:
      return high <= bound;
    case Comparison::kGreater:
      return low > bound;
    case Comparison::kGreaterOrEqual:
      return low >= bound;
    case Comparison::kEqual:
      return low == bound && high == bound;
    case Comparison::kNotEqual:
      break;
  }
  return bound < low || bound > high;
}

bool IsFloor(Comparison comparison) {
  return comparison == Comparison::kGreater || comparison == Comparison::kGreaterOrEqual;
}

// "412.00 ms"; with all digits when the bound reads the same.
std::string TimeText(double nanos, double bound) {
  const auto time = Nanos(std::llround(nanos));
  std::string text = FormatDuration(time);
  if (nanos != bound && text == FormatDuration(Nanos(std::llround(bound)))) {
    return fmt::format("{} ns", FormatCount(static_cast<uint64_t>(time.count())));
  }
  return text;
}

std::string Observed(const Threshold& threshold, const Reading& reading, double value) {
  switch (threshold.unit) {
    case BoundUnit::kNanos:
      return TimeText(value, threshold.bound);
    case BoundUnit::kShare:
      return fmt::format("{} ({} of {})", FormatShare(value), FormatCount(reading.count),
                         FormatCount(reading.samples));
    case BoundUnit::kCount:
      return fmt::format("{} of {}", FormatCount(reading.count), FormatCount(reading.samples));
    case BoundUnit::kRate:
      break;
  }
  return FormatRate(value);
}

ThresholdResult ResultOf(const Threshold& threshold, const Reading& reading) {
  ThresholdResult result;
  result.threshold = threshold;
  result.measured = reading.samples > 0;
  if (!result.measured) {
    result.observed = "nothing was measured";
    return result;
  }
  result.passed = Holds(threshold, reading);
  result.value = IsFloor(threshold.comparison) ? reading.low : reading.high;
  result.observed = Observed(threshold, reading, result.value);
  return result;
}

// How many bytes they have in common at both ends.
size_t Likeness(std::string_view a, std::string_view b) {
  const size_t shorter = std::min(a.size(), b.size());
  size_t begin = 0;
  while (begin < shorter && a[begin] == b[begin]) ++begin;
  size_t end = 0;
  while (begin + end < shorter && a[a.size() - 1 - end] == b[b.size() - 1 - end]) ++end;
  return begin + end;
}

// For a threshold on an endpoint that no request was of: the endpoint that may have been meant.
// Empty when nothing was sent.
std::string NearestEndpoint(std::string_view wanted, const EndpointTable& endpoints) {
  const bool any_method = wanted.starts_with('/');
  std::string_view nearest;
  size_t most = 0;
  for (const auto& [endpoint, totals] : endpoints) {
    if (endpoint == kOther) continue;
    const std::string_view name = endpoint;
    const size_t likeness = Likeness(wanted, any_method ? name.substr(name.find(' ') + 1) : name);
    if (!nearest.empty() && (likeness < most || (likeness == most && nearest < name))) continue;
    most = likeness;
    nearest = name;
  }
  return std::string(nearest);
}

// What may come can only raise a count or a maximum, and only lower a minimum.
enum class Course { kRises, kFalls, kEither };

Course CourseOf(const Threshold& threshold) {
  using Statistic = Threshold::Statistic;
  if (threshold.unit == BoundUnit::kCount) return Course::kRises;
  if (threshold.unit != BoundUnit::kNanos) return Course::kEither;
  if (threshold.statistic == Statistic::kMin) return Course::kFalls;
  const bool last = threshold.statistic == Statistic::kQuantile && threshold.quantile == 1;
  return last || threshold.statistic == Statistic::kMax ? Course::kRises : Course::kEither;
}

bool HasEnough(const Threshold& threshold, uint64_t samples) {
  if (samples < kLeastSamples) return false;
  if (threshold.unit != BoundUnit::kNanos) return true;
  if (threshold.statistic != Threshold::Statistic::kQuantile) return true;
  // At least one beyond the percentile.
  const double rarer = std::min(threshold.quantile, 1 - threshold.quantile);
  return static_cast<double>(samples) * rarer >= 1 - 1e-6;
}

// Of one that does not hold now.
bool StaysFailed(const Threshold& threshold, const Reading& reading) {
  const double bound = threshold.bound;
  switch (CourseOf(threshold)) {
    case Course::kRises:
      return !IsFloor(threshold.comparison) && reading.high >= bound &&
             threshold.comparison != Comparison::kNotEqual;
    case Course::kFalls:
      return IsFloor(threshold.comparison);
    case Course::kEither:
      break;
  }
  return HasEnough(threshold, reading.samples);
}

}  // namespace

std::vector<ThresholdResult> EvaluateThresholds(const std::vector<Threshold>& thresholds,
                                                const OutcomeTotals& totals) {
  std::vector<ThresholdResult> results;
  for (const Threshold& threshold : thresholds) {
    const Measurements measured = MeasurementsFor(threshold, totals);
    results.push_back(ResultOf(threshold, Read(threshold, measured)));
    if (threshold.endpoint.empty() || measured.sent > 0) continue;
    ThresholdResult& result = results.back();
    result.observed = "nothing was measured: no request was of this endpoint";
    const std::string nearest = NearestEndpoint(threshold.endpoint, totals.endpoints);
    if (!nearest.empty()) result.observed += fmt::format("; the nearest is {}", nearest);
  }
  return results;
}

std::optional<ThresholdResult> FailureSoFar(const Threshold& threshold,
                                            const OutcomeTotals& totals) {
  const Reading reading = Read(threshold, MeasurementsFor(threshold, totals));
  ThresholdResult result = ResultOf(threshold, reading);
  if (!result.measured || result.passed) return std::nullopt;
  if (!StaysFailed(threshold, reading)) return std::nullopt;
  return result;
}

}  // namespace shadowreel
