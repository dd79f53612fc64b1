#include "replayer/options/sending.h"

#include <chrono>

#include "base/status.h"
#include "base/units.h"
#include "replayer/options/flag_values.h"

namespace shadowreel {

absl::Status ReadSending(ReplayOptions* options) {
  RunOptions& run = options->run;
  run.closed_loop = options->schedule.pacing == Pacing::kClosedLoop;
  if (FlagInteger("max_in_flight") < 1) return UsageError("--max_in_flight must be at least 1");
  if (FlagInteger("max_rate") < 1) return UsageError("--max_rate must be at least 1");
  run.max_in_flight = static_cast<size_t>(FlagInteger("max_in_flight"));
  run.max_rate = static_cast<uint64_t>(FlagInteger("max_rate"));
  ASSIGN_OR_RETURN(const Nanos timeout, Named("timeout", ParseDuration(FlagText("timeout"))));
  options->request_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
  if (options->request_timeout < std::chrono::milliseconds(1)) {
    return UsageError("--timeout must be at least 1ms");
  }
  ASSIGN_OR_RETURN(run.drain_timeout, Named("drain", ParseDuration(FlagText("drain"))));
  if (FlagText("transport") == "nghttp2" || FlagText("transport") == "wire") {
    return UsageError("--transport={}: not in this release; use curl", FlagText("transport"));
  }
  if (FlagText("transport") != "auto" && FlagText("transport") != "curl") {
    return UsageError("--transport={}: write auto or curl", FlagText("transport"));
  }
  return absl::OkStatus();
}

absl::Status ReadBounds(ReplayOptions* options) {
  options->run.stop_file = FlagText("stop_file");
  BreakerOptions& breaker = options->run.breaker;
  ASSIGN_OR_RETURN(breaker.errors_percent,
                   Named("breaker_errors", ParsePercent(FlagText("breaker_errors"))));
  ASSIGN_OR_RETURN(breaker.latency,
                   Named("breaker_latency", ParseDuration(FlagText("breaker_latency"))));
  ASSIGN_OR_RETURN(options->summary.max_send_lag,
                   Named("max_send_lag", ParseDuration(FlagText("max_send_lag"))));
  ASSIGN_OR_RETURN(const double denied, Named("max_denied", ParsePercent(FlagText("max_denied"))));
  options->summary.max_denied = denied / 100;
  return absl::OkStatus();
}

}  // namespace shadowreel
