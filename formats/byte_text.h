#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace shadowreel {

// Recorded byte strings may hold any bytes; these show them without loss or harm.

// Well-formed UTF-8 (Unicode 15, table 3-7).
bool IsValidUtf8(std::string_view bytes);

// Appends a JSON value: a string when `bytes` is valid UTF-8, else {"base64":"..."}. Control
// characters (DEL and C1 too) are escaped.
void AppendJsonBytes(std::string_view bytes, std::string* out);

// The same value for documents that are built as a whole.
nlohmann::ordered_json BytesAsJson(std::string_view bytes);

// One line that cannot act on a terminal: control characters, characters that change the
// direction of writing, and bytes that are no UTF-8 become \n, \r, \t or \xNN; a backslash is
// doubled.
std::string EscapeForTerminal(std::string_view bytes);

// A text for people in one line: as it is when that cannot act on a terminal, else
// EscapeForTerminal of it. Backslashes alone stay, so it is not always to be told what was escaped.
std::string InOneLine(std::string_view bytes);

// EscapeForTerminal of at most `limit` bytes; "..." follows when there are more.
std::string EscapeBeginning(std::string_view bytes, size_t limit);

// Lower-case hexadecimal.
std::string Hex(std::string_view bytes);

}  // namespace shadowreel
