#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "formats/exchange/calendar_time.h"
#include "net/http/fields.h"

namespace shadowreel {

// What a line of an access log says of a request. "" where it says nothing.
struct LoggedRequest {
  CalendarTime time;
  std::string method;
  std::string target;
  std::string version;  // "HTTP/1.1"
  std::string authority;
  std::string peer;
  std::optional<uint64_t> body_bytes;  // of the request
  uint32_t status = 0;                 // 0: no response
  uint64_t response_bytes = 0;
  Nanos duration{0};  // from the request's start to the response's end
  Fields headers;     // without Host
};

// What ParseLogLine says of a line that is of none of its forms.
inline constexpr char kNotALogLine[] = "a line that is not of an access log";

// Reads a line of
//  - the common or combined format of nginx and Apache, with the virtual host in front or without,
//    whatever follows the last known column; quoted columns escaped as either does it;
//  - Envoy's default format, and Istio's.
// nullptr, or what is wrong in a few words.
const char* ParseLogLine(std::string_view line, LoggedRequest* request);

// Splits "GET /path HTTP/1.1".
const char* SplitRequestLine(std::string_view line, LoggedRequest* request);

// Adds a header that a log has a column for, unless that is "-" or "".
void AddLoggedHeader(std::string_view name, std::string_view value, LoggedRequest* request);

}  // namespace shadowreel
