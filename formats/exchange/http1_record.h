#pragma once

#include <string>

#include "formats/record.h"
#include "formats/response.h"
#include "net/http/http1_head.h"

namespace shadowreel {

// Sets what a request's head says of a record: method, target, version, authorities, headers and
// framing.
void SetHead(Http1Head head, Record* record);

// Sets the record's authorities from its target and its Host.
void SetAuthorities(Record* record);

// Appends the record as one HTTP/1.0 or 1.1 message. Of HTTP/2 it makes HTTP/1.1: Host takes the
// place of :authority and stands first unless there was a Host, Cookie crumbs are joined (RFC 9113,
// 8.2.3), a body without a length, and one with trailers, is chunked. The fields that frame the
// message are rendered from the record's framing in their recorded place. False, and nothing
// appended, when HTTP/1 has no form for it: white space or control bytes in method, target or a
// name, CR, LF or NUL in a value.
bool AppendHttp1Request(const Record& record, std::string* out);

// The same for a response, in HTTP/1.1 and without a reason phrase. `to_head`: it answers a HEAD.
// One that is cut becomes a whole one of what is left.
bool AppendHttp1Response(const Response& response, bool to_head, std::string* out);

}  // namespace shadowreel
