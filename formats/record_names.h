#pragma once

#include <string_view>

#include "formats/record.h"

namespace shadowreel {

// How the values of a record's enumerations are written in every output.
std::string_view NameOf(HttpVersion version);   // "HTTP/1.1"
std::string_view NameOf(Framing framing);       // "content-length"
std::string_view NameOf(RedactionPlace place);  // "header"
std::string_view NameOf(RedactionClass kind);   // "credential"

inline constexpr size_t kRedactionPlaces = 4;
inline constexpr size_t kRedactionClasses = 6;

}  // namespace shadowreel
