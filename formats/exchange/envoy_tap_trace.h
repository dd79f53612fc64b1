#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/http/fields.h"

namespace shadowreel {

// One side of an exchange, as Envoy's tap filter saw it. Pseudo headers stand among the headers.
struct TappedMessage {
  Fields headers;
  std::string body;
  Fields trailers;
  bool truncated = false;  // Envoy kept only the body's beginning: 1 KiB unless configured
  std::optional<WallTime> received;
};

// What one message of a tap file (envoy.data.tap.v3.TraceWrapper) brings.
struct TapPiece {
  enum class Kind {
    kNone,      // nothing of HTTP: a socket's trace, or an empty message
    kBuffered,  // a whole exchange
    kRequestHeaders,
    kRequestBody,
    kRequestTrailers,
    kResponseHeaders,
    kResponseBody,
    kResponseTrailers,
  };
  Kind kind = Kind::kNone;
  uint64_t trace_id = 0;  // of a streamed piece
  TappedMessage request;  // the part that the kind names is set
  TappedMessage response;
};

// Reads the fields of Envoy's api/envoy/data/tap/v3/{wrapper,http,common}.proto and
// api/envoy/config/core/v3/base.proto by their numbers. Returns nullptr, or what is wrong.
const char* ParseTapPiece(std::string_view message, TapPiece* piece);

// Moves what `piece`, a streamed one, brings to the end of the exchange's parts.
void AppendPiece(TapPiece piece, TappedMessage* request, TappedMessage* response);

}  // namespace shadowreel
