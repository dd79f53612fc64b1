#pragma once

#include <string>

#include "formats/record.h"

namespace shadowreel {

// A record for people: a separator line, then request line, headers, body (each line behind "| ")
// and trailers. Safe on a terminal; no recorded byte can forge a separator.
std::string RenderText(const Record& record);

// A record for programs: one JSON object and a newline. Keys, always in this order:
// schema_version recording number arrival_nanos completed_nanos method target version authority
// stripped_authority headers framing body trailers complete truncated wire_body_bytes connection
// stream peer weight. Headers and trailers are lists of [name, value]. Byte strings are JSON
// strings when they are valid UTF-8, else {"base64": "..."}. Times are Unix nanoseconds.
std::string RenderJsonLine(const Record& record);

}  // namespace shadowreel
