#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/http/fields.h"

namespace shadowreel {

// A request ready for the wire: what is in it is what is sent.
struct OutboundRequest {
  std::string method;
  std::string target;  // request target bytes; the address comes from the transport's options
  Fields headers;      // in wire order; Host included
  std::string body;
  bool chunked = false;  // Transfer-Encoding: chunked, else Content-Length when `headers` has it
  bool http10 = false;
  Fields trailers;    // with chunked only
  uint64_t turn = 0;  // of n endpoints, number `turn` modulo n gets it
};

enum class ExchangeResult : uint8_t {
  kCompleted,  // a response arrived whole, whatever its status
  kFailed,     // sent, but the response broke off or was no HTTP
  kTimedOut,   // sent, no whole response in time
  kUnsent,     // no connection could be had
  kRefused,    // the address guard refused; unsent, and a safety matter
};

// The error of what a stop found connecting; it is unsent.
inline constexpr std::string_view kStoppedWhileConnecting = "stopped while connecting";

// What happened to one submitted request.
struct ExchangeEnd {
  uint64_t token = 0;
  ExchangeResult result = ExchangeResult::kUnsent;
  SteadyTime sent;  // the request began to leave; only when it was sent
  SteadyTime done;
  uint16_t status = 0;          // of a response whose head arrived, else 0
  uint64_t response_bytes = 0;  // body
  std::string_view error;       // why, when not completed; valid during the call
};

class ExchangeSink {
 public:
  virtual ~ExchangeSink() = default;
  virtual void OnExchangeEnd(const ExchangeEnd& end) = 0;
};

// Sends requests to one target. One thread. Every submitted token comes back exactly once through
// the sink, during Poll or Abandon, except those that Abandon gives up.
class Transport {
 public:
  virtual ~Transport() = default;

  // Begins an exchange; `request` is copied or moved as needed before it returns. Never waits.
  virtual void Submit(uint64_t token, OutboundRequest&& request) = 0;

  // Runs I/O and reports ends until `until`; returns earlier after something happened, and may
  // always return early. With `until` in the past it only handles what is ready.
  virtual void Poll(SteadyTime until) = 0;

  // Exchanges begun and not ended.
  virtual size_t in_flight() const = 0;

  // Ends everything now; nothing is reported for what was in flight (the caller counts it as
  // abandoned).
  virtual void Abandon() = 0;

  // "curl 7.88.1"
  virtual std::string Describe() const = 0;
};

}  // namespace shadowreel
