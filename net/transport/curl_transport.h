#pragma once

#include <absl/status/statusor.h>

#include <memory>

#include "base/clock.h"
#include "net/transport/curl_transport_options.h"
#include "net/transport/transport.h"

namespace shadowreel {

// HTTP/1.1 and 1.0, plain and over TLS, through libcurl's multi_socket_action. Redirects, proxies,
// cookies, credentials, decompression and the environment's settings are off.
//
// Sent as given: method, target bytes, fields with their order, duplicates, case, empty and binary
// values; Content-Length and Transfer-Encoding in their place; chunked bodies and trailers. Forced
// by libcurl: Host goes first and is spelled so, a second Host is lost, a body is sent as one chunk
// or more of libcurl's choosing. What libcurl cannot express (CR, LF or NUL in a field; framing
// that contradicts the body; a HEAD with a body) ends as kUnsent with an error that begins "not
// expressible". A request on a reused connection that the target closed before any answer is sent
// once more by libcurl, on a new connection; its send time stays that of the first attempt. One
// with trailers gets a new connection; a connection is not kept after an answer in HTTP/1.0. The
// open connections are at most max_connections for each endpoint.
class CurlTransport : public Transport {
 public:
  static absl::StatusOr<std::unique_ptr<CurlTransport>> Create(CurlTransportOptions options,
                                                               const Clock& clock,
                                                               ExchangeSink& sink);
};

}  // namespace shadowreel
