#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace shadowreel {

// What became of a planned request; every one has exactly one.
// planned = shed + cancelled + unsent + sent; sent = completed + failed + timed_out + abandoned.
enum class OutcomeKind : uint8_t {
  kCompleted,  // a whole response, whatever its status
  kFailed,     // sent; the response broke off or was no HTTP
  kTimedOut,   // sent; no whole response in time
  kAbandoned,  // sent; unfinished when the drain ended
  kUnsent,     // no connection could be had
  kShed,       // not sent: the in-flight or the rate cap was reached
  kCancelled,  // not released: a stop or the breaker came first
};
inline constexpr size_t kOutcomeKinds = 7;

// The error of what was shed because as many as allowed were in flight.
inline constexpr std::string_view kInFlightCap = "in-flight cap";

inline bool WasSent(OutcomeKind kind) {
  return kind == OutcomeKind::kCompleted || kind == OutcomeKind::kFailed ||
         kind == OutcomeKind::kTimedOut || kind == OutcomeKind::kAbandoned;
}

// Times are offsets from the run's start.
struct Outcome {
  uint64_t index = 0;  // of the planned request
  OutcomeKind kind = OutcomeKind::kCancelled;
  Nanos intended{0};
  Nanos sent{0};  // of kinds that were sent
  Nanos done{0};  // of completed, failed and timed out
  uint16_t status = 0;
  uint64_t response_bytes = 0;
};

// Receives outcomes on the pacing thread. `endpoint` and `error` are valid during the call;
// `error` says why, in a few words, for what is not completed.
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  virtual void OnOutcome(const Outcome& outcome, std::string_view endpoint,
                         std::string_view error) = 0;
};

}  // namespace shadowreel
