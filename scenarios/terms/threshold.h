#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace shadowreel {

// Of one run: each is looked at once a second.
inline constexpr size_t kMostThresholds = 200;

// What a check looks at.
enum class Metric : uint8_t {
  kLatency,      // times: done - intended
  kServiceTime,  // done - sent
  kSendLag,      // sent - intended
  kErrors,       // sent without a whole response, or answered 5xx
  kFailed,       // the response broke off or was no HTTP
  kTimedOut,
  kShed,
  kStatus,        // responses with a status, or with one of a class
  kAchievedRate,  // requests a second over the span of sending
};

enum class Comparison : uint8_t {
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kEqual,
  kNotEqual
};

// What a bound counts in.
enum class BoundUnit : uint8_t {
  kNanos,
  kShare,  // 0 to 1: of what was sent; of statuses, of what was completed; of shed, of planned
  kCount,
  kRate,
};

// One bound on what a run measured, in the words of k6. A value.
//
//   CHECK = METRIC OPERATOR VALUE
//   METRIC = latency.STAT | service_time.STAT | send_lag.STAT   STAT = p50, p99.9, ... min max mean
//          | errors | failed | timed_out | shed | status.503 | status.5xx | achieved_rate
//   OPERATOR = < <= > >= == !=        VALUE = 250ms (times), 0.1% (a share), 3 (a count, a rate)
//
// with "[ for ENDPOINT][, abort[ after GRACE]]" behind it. ENDPOINT is a path template (a method
// before it is optional) or one of the endpoint's own paths; all endpoints that it names are taken
// together. `shed` has no endpoint.
//
// What was not measured has not passed. `abort` looks once a second, and waits until there are
// samples enough to tell, or until nothing that may come can mend it. Thresholds do not stand in
// for the breaker, a safety rule that ends a run with exit code 5: a target that answers 500 to
// everything trips it, unless its bound is 100 %, before any `errors` can be judged. When both
// would end a run, the first does.
struct Threshold {
  std::string text;  // as reports show it, in one spelling
  Metric metric = Metric::kLatency;
  double quantile = 0;  // of times, above 0 to 1; with `statistic` kQuantile
  enum class Statistic : uint8_t { kQuantile, kMin, kMax, kMean } statistic = Statistic::kQuantile;
  uint16_t status = 0;  // 503; or 5 for 5xx
  Comparison comparison = Comparison::kLess;
  BoundUnit unit = BoundUnit::kNanos;
  double bound = 0;      // in `unit`
  std::string endpoint;  // "GET /cart/{id}"; empty: all together
  bool abort_on_fail = false;
  Nanos grace{0};  // of abort_on_fail, from the run's start
};

// A check with what stands behind it, as --threshold takes it. UsageError, without a flag's name,
// says what was read and what is expected.
absl::StatusOr<Threshold> ParseThreshold(std::string_view text);

}  // namespace shadowreel
