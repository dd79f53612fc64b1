#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "base/file_system.h"
#include "net/transport/transport.h"
#include "replayer/measure/outcome.h"
#include "replayer/pace/breaker.h"
#include "replayer/pace/stop_source.h"
#include "replayer/plan/planned_request.h"
#include "replayer/verdict/threshold_watch.h"

namespace shadowreel {

struct RunOptions {
  // Closed loop: a request is released when there is room in flight and its intended time is that
  // moment; nothing is shed and max_rate does not apply.
  bool closed_loop = false;
  size_t max_in_flight = 256;  // at least 1
  uint64_t max_rate = 10'000;  // releases in any second, at least 1
  Nanos drain_timeout = std::chrono::seconds(10);
  std::string stop_file;  // the run stops when this path exists; empty: none
  BreakerOptions breaker;
};

enum class RunEnd : uint8_t {
  kFinished,  // the plan came to its end
  kStopped,   // StopSource
  kStopFile,
  kBreaker,
  kRefused,  // the address guard
  kThreshold,
};

// How a run went. Times are offsets from `started`.
struct RunTimes {
  WallTime started_wall;
  SteadyTime started;
  Nanos first_release{0};  // as `released` > 0
  Nanos last_release{0};
  Nanos ended{0};         // the drain is over
  uint64_t planned = 0;   // taken from the queue; each has had exactly one outcome
  uint64_t released = 0;  // given to the transport
  uint64_t starved = 0;   // times that the planner was late: a request came after it was due
  Nanos starved_for{0};   // by how much, together; it shows as send lag
  RunEnd end = RunEnd::kFinished;
  std::string reason;  // one line, empty when finished
};

// Connects the transport's ends to the run: give it to the transport's factory first, then both to
// Run. Its owner must keep it as long as the transport.
class RunSink final : public ExchangeSink {
 public:
  void OnExchangeEnd(const ExchangeEnd& end) override {
    if (receiver_ != nullptr) receiver_->OnExchangeEnd(end);
  }
  void Attach(ExchangeSink* receiver) { receiver_ = receiver; }

 private:
  ExchangeSink* receiver_ = nullptr;
};

// What one run works with. `transport` reports to `sink`; `outcomes` is called on this thread.
struct RunParts {
  BoundedQueue<PlannedRequest>& plan;
  Transport& transport;
  RunSink& sink;
  const Clock& clock;
  FileSystem& files;  // for the stop file
  OutcomeSink& outcomes;
  StopSource& stop;
  ThresholdWatch* watch = nullptr;  // asked while the run goes on
};

// Paces the plan on this thread until it is over: releases each request at started + intended,
// drains, and counts what is left as abandoned. The start is when the planner's first requests
// have come. The schedule never slides: what is late is released at once, and what a cap does not
// allow is shed.
//
// The guard, the breaker and a threshold stop it as well as parts.stop and the stop file; the first
// wins. A stop (of any kind) closes the queue: what is in it gets a kCancelled outcome, and the
// planner's next Push returns false. A record whose Push was refused is neither read nor planned,
// so a planner counts a record after Push returned true. Every stop also sets parts.stop, which the
// transport should watch (its stop_sending), so that what is connecting is not sent. Where
// parts.stop cuts the drain, what is in flight is abandoned within 20 ms.
RunTimes Run(const RunOptions& options, const RunParts& parts);

// SafetyError when the guard or the breaker ended the run, else OK.
absl::Status SafetyOf(const RunTimes& times);

}  // namespace shadowreel
