#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/transport/transport.h"
#include "replayer/measure/outcome.h"
#include "replayer/pace/breaker.h"
#include "replayer/pace/rate_cap.h"
#include "replayer/plan/planned_request.h"

namespace shadowreel {

struct PacerOptions {
  bool closed_loop = false;
  size_t max_in_flight = 256;
  uint64_t max_rate = 10'000;
  BreakerOptions breaker;
};

// Gives planned requests to a transport, within the caps, and turns what comes back into outcomes:
// exactly one for each request given to Release or Cancel, once AbandonRest has been called.
// Owner: the pacing thread.
class Pacer final : public ExchangeSink {
 public:
  // `transport` and `outcomes` outlive it. Times of outcomes count from `started`.
  Pacer(const PacerOptions& options, SteadyTime started, Transport& transport,
        OutcomeSink& outcomes);

  bool HasRoom() const { return !free_.empty(); }
  size_t in_flight() const { return flights_.size() - free_.size(); }

  // Submits the request, or sheds it at a cap. In closed loop the caller asks HasRoom first; the
  // intended time becomes `now`.
  void Release(PlannedRequest&& planned, SteadyTime now);

  void Cancel(const PlannedRequest& planned);

  // Ends what is in flight. An abandoned request's send time is its release: the transport has not
  // told another.
  void AbandonRest();

  void OnExchangeEnd(const ExchangeEnd& end) override;

  const Breaker& breaker() const { return breaker_; }
  // Why the address guard refused a connection; empty when it did not.
  const std::string& refusal() const { return refusal_; }

  uint64_t planned() const { return planned_; }
  uint64_t released() const { return released_; }
  Nanos first_release() const { return first_release_; }
  Nanos last_release() const { return last_release_; }

 private:
  struct Flight {
    bool in_flight = false;
    uint64_t index = 0;
    Nanos intended{0};
    Nanos released{0};
    std::string endpoint;
  };

  void Shed(const PlannedRequest& planned, std::string_view error);
  void Submit(PlannedRequest&& planned, Nanos offset);
  void Watch(const Outcome& outcome, SteadyTime now);

  const bool closed_loop_;
  const SteadyTime started_;
  Transport& transport_;
  OutcomeSink& outcomes_;
  RateCap rate_cap_;
  Breaker breaker_;
  std::string refusal_;
  std::vector<Flight> flights_;  // a token is a place in it
  std::vector<size_t> free_;
  uint64_t planned_ = 0;
  uint64_t released_ = 0;
  Nanos first_release_{0};
  Nanos last_release_{0};
};

}  // namespace shadowreel
