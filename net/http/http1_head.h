#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http/fields.h"

namespace shadowreel {

// How a request's end is marked (RFC 9112, 6).
enum class Http1Framing : uint8_t { kNone, kContentLength, kChunked };

// A request's head as it stood on the wire. Field values are without the white space around them,
// otherwise all bytes are kept.
struct Http1Head {
  std::string method;
  std::string target;
  int minor_version = 1;  // of HTTP/1.x: 0 or 1
  Fields headers;
  Http1Framing framing = Http1Framing::kNone;
  uint64_t content_length = 0;   // with kContentLength
  bool keep_alive = true;        // the peer may send another request
  bool expect_continue = false;  // waits for 100 before it sends the body that is to come

  // Makes it as new; the memory of `target` and `headers` is kept.
  void Clear();
};

// The rules below are stricter than llhttp 8.1.0's; http1_parser.h lists where. Lines come without
// their CR LF. Each function returns nullptr, or what is wrong, for people.

// Sets method, target and version.
const char* ParseRequestLine(std::string_view line, Http1Head* head);

// Adds one header or trailer field.
const char* ParseFieldLine(std::string_view line, Fields* fields);

// Looks at the header field added last: sets framing and content_length, and refuses fields that
// leave in doubt where the request ends or whom it is for (RFC 9112, 3.2 and 6).
const char* NoteLastField(Http1Head* head);

// Once all fields are there: the rest of those rules; sets expect_continue.
const char* FinishFields(Http1Head* head);

// Refuses trailer fields that would have framed the message (RFC 9110, 6.5.1).
const char* CheckTrailers(const Fields& trailers);

}  // namespace shadowreel
