#pragma once

#include <string_view>

#include "formats/redaction/finding.h"

namespace shadowreel {

// Appends the credential of an Authorization value: what follows the scheme word, or all of a
// value without a space (RFC 9110, 11.4).
void FindAuthorizationCredential(std::string_view value, Findings* findings);

// Appends the value of every cookie of a Cookie field (RFC 6265, 4.2.1) without the quotes around
// it; a piece without '=' is a value.
void FindCookieValues(std::string_view value, Findings* findings);

// Appends the value of the cookie that a Set-Cookie field sets: what stands before the first
// semicolon, as FindCookieValues takes it.
void FindSetCookieValue(std::string_view value, Findings* findings);

}  // namespace shadowreel
