#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http/fields.h"

namespace shadowreel {

struct Http1ResponseLimits {
  size_t max_head_bytes = 256 << 10;  // names and values of header fields; of trailers again
  size_t max_fields = 1000;           // in the head; in the trailers again
};

struct Http1Response {
  uint32_t status = 0;
  Fields headers;    // values without the white space around them
  std::string body;  // transfer coding removed
  Fields trailers;
  bool complete = true;  // false: the bytes end before the message does
  size_t length = 0;     // bytes of the message, of those given
};

// Parses one stored HTTP/1 response, interim ones (1xx) before it passed over. `to_head`: it
// answers a HEAD and has no body, whatever its fields say (RFC 9110, 9.3.2); nor has a 204 or 304.
// A response without Content-Length or chunked lasts until the end of the bytes (RFC 9112, 6.3).
// A 101 ends with its head.
//
// Returns nullptr, or what is wrong, for people, never bytes of the response. llhttp 8.1.0 (no
// lenient flags) judges; refused besides: a head without its end, several values for one length,
// NUL, CR and LF in values, Transfer-Encoding other than chunked, heads over the limits. A pure
// function; takes memory of the order of what it is given.
const char* ParseHttp1Response(std::string_view bytes, bool to_head,
                               const Http1ResponseLimits& limits, Http1Response* response);

}  // namespace shadowreel
