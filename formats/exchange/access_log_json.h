#pragma once

#include <string_view>

#include "formats/exchange/access_log_line.h"

namespace shadowreel {

// Reads an object of an access log in JSON lines. A log in JSON has the names that its writer
// chose: these are known, from nginx's variables, Envoy's and Istio's usual names, Traefik's, and
// Caddy's (whose object "request" is looked into). The first that is there counts; "-" and "" are
// nothing.
//
//   time         time timestamp @timestamp ts start_time time_iso8601 time_local msec StartUTC date
//   method       method request_method http_method verb RequestMethod
//   target       path request_uri original_path uri url target RequestPath, with args or
//                query_string when it has no query
//   (all three)  request, a request line
//   version      protocol server_protocol http_version proto RequestProtocol
//   host         authority http_host host vhost server_name RequestHost
//   peer         remote_addr client_ip remote_ip downstream_remote_address ClientHost
//   status       status response_code status_code http_status DownstreamStatus
//   body length  bytes_received request_body_size
//   sent         body_bytes_sent bytes_sent response_size size DownstreamContentSize
//   headers      user_agent http_user_agent · referer http_referer referrer ·
//                x_forwarded_for http_x_forwarded_for x-forwarded-for ·
//                request_id x_request_id http_x_request_id x-request-id
//
// A time is RFC 3339 or near it, "10/Oct/2000:13:55:36 -0700", or a number since the Unix epoch in
// seconds, milliseconds, microseconds or nanoseconds, by its size. nullptr, or what is wrong.
const char* ParseJsonLogLine(std::string_view line, LoggedRequest* request);

}  // namespace shadowreel
