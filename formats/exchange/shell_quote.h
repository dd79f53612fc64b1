#pragma once

#include <string>
#include <string_view>

namespace shadowreel {

// One word of a POSIX shell that stands for these bytes and is printable ASCII itself: in single
// quotes or, when other bytes are among them, as the output of printf. `text` holds no NUL, which
// no word can, and does not end in LF, which the shell would cut off.
std::string ShellQuote(std::string_view text);

// In single quotes, whatever the bytes. `text` holds no NUL.
std::string ShellQuoteLines(std::string_view text);

}  // namespace shadowreel
