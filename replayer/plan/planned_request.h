#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "net/transport/transport.h"

namespace shadowreel {

// One request that the replay means to send, ready for the transport.
struct PlannedRequest {
  uint64_t index = 0;    // place in the plan, from 0
  Nanos intended{0};     // intended send time, from the run's start
  std::string endpoint;  // "GET /cart": what the summary groups by
  OutboundRequest request;
};

// Memory that it takes, for the queue's bound, in bytes.
inline size_t ApproximateBytes(const PlannedRequest& planned) {
  return sizeof(PlannedRequest) + planned.endpoint.size() + planned.request.method.size() +
         planned.request.target.size() + planned.request.headers.byte_size() +
         planned.request.body.size() + planned.request.trailers.byte_size();
}

}  // namespace shadowreel
