#pragma once

#include <string_view>

namespace shadowreel {

// What stands for a path's segment in the name of an endpoint when the segment looks like one of
// many: "{number}" for digits alone, "{uuid}", "{id}" for other ids; empty when it looks like a
// word, which stands for itself. A guess from the one segment alone:
//
//   an id has a digit, and is hexadecimal with 12 characters or more; or has 5 digits in a row; or
//   is a word, '-' or '_', and 4 digits or more (order-12345); or looks drawn by lot: within
//   letters, two numbers in one stretch of 12 characters, or four in all (ULIDs, nanoids).
//
// So v2, base64, oauth2, 2fa, sha-256, utf-8, index.html and 2024-01-31 stay. Percent-encoded bytes
// count as letters.
std::string_view ParameterFor(std::string_view segment);

}  // namespace shadowreel
