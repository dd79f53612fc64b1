#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace shadowreel {

// One header field that a user sets or adds. Its value may be a credential: nothing shows it.
struct HeaderLine {
  std::string name;   // as written; compared without case
  std::string value;  // without white space around it (RFC 9110, 5.5)
};

// "Name: value"; the value may be empty, the colon may not be missing. UsageError, without a
// flag's name and without the value, says what is wrong.
absl::StatusOr<HeaderLine> ParseHeaderLine(std::string_view text);

// UsageError when `name` is no token (RFC 9110, 5.1) or a user cannot edit fields of that name:
// they say where the message goes and where it ends (IsMessageName).
absl::Status CheckHeaderName(std::string_view name);

// Host, Content-Length, Transfer-Encoding, Connection and Trailer: fields that say something about
// the message itself, which whoever sends it decides.
bool IsMessageName(std::string_view name);

// "name: ...": the line with its value hidden. Of a text without a colon "...".
std::string WithoutValue(std::string_view line);

}  // namespace shadowreel
