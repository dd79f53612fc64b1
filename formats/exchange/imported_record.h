#pragma once

#include <optional>
#include <string_view>

#include "formats/record.h"
#include "formats/response.h"

namespace shadowreel {

// What importers of formats that give a request in parts share: the parts can be anything, a record
// must be a request that HTTP can carry and a segment can hold.

struct StatedVersion {
  HttpVersion version = HttpVersion::kHttp11;
  bool is_http3 = false;  // taken as HTTP/2
};

// "HTTP/1.1", "http/2.0", "h2", "HTTP/3": as browsers and proxies write it; nothing for the rest.
std::optional<StatedVersion> ParseVersion(std::string_view text);

// `value` without spaces and tabs around it, as fields are stored (RFC 9110, 5.5).
std::string_view TrimFieldValue(std::string_view value);

struct Settled {
  const char* problem = nullptr;  // what is wrong, in a few words: the record must not be imported
  bool length_corrected = false;  // Content-Length was not the body's, or missing in HTTP/1
};

// Looks at a record whose method, target, version, authority, headers, body, trailers and
// `truncated` are set (with `truncated`, wire_body_bytes, too), and sets the rest that follows from
// them: HTTP/1.1 gets a Host field in front when it has none, HTTP/2 names become lower-case (RFC
// 9113, 8.2), framing, Content-Length, wire_body_bytes, stripped_authority.
Settled SettleRecord(Record* record);

// nullptr, or why the response cannot be imported.
const char* ProblemOf(const Response& response);

}  // namespace shadowreel
