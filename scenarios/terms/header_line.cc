#include "scenarios/terms/header_line.h"

#include <algorithm>
#include <array>

#include "base/status.h"
#include "base/text.h"
#include "net/http/field_value.h"
#include "net/http/fields.h"
#include "net/http/token.h"

namespace shadowreel {
namespace {

constexpr std::array<std::string_view, 5> kMessageNames = {
    "host", "content-length", "transfer-encoding", "connection", "trailer"};

}  // namespace

bool IsMessageName(std::string_view name) {
  return std::any_of(kMessageNames.begin(), kMessageNames.end(),
                     [&](std::string_view one) { return EqualsIgnoreCase(name, one); });
}

absl::Status CheckHeaderName(std::string_view name) {
  if (!IsToken(name)) {
    return UsageError("'{}' is no header name: letters, digits and !#$%&'*+-.^_`|~", name);
  }
  if (EqualsIgnoreCase(name, "host")) {
    return UsageError("{} is chosen by --authority, which takes a value, too", name);
  }
  if (IsMessageName(name)) {
    return UsageError("{} says how the message is sent, and follows from what is sent", name);
  }
  return absl::OkStatus();
}

absl::StatusOr<HeaderLine> ParseHeaderLine(std::string_view text) {
  const size_t colon = text.find(':');
  // What stands here without a colon may be the value alone, so it is not repeated.
  if (colon == std::string_view::npos) return UsageError("no colon; write 'NAME: VALUE'");
  HeaderLine line;
  line.name = text.substr(0, colon);
  line.value = Trimmed(text.substr(colon + 1));
  RETURN_IF_ERROR(CheckHeaderName(line.name));
  if (!IsFieldValue(line.value)) {
    return UsageError("the value of {} holds CR, LF or NUL, which would end it", line.name);
  }
  return line;
}

std::string WithoutValue(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "...";
  return std::string(line.substr(0, colon)).append(": ...");
}

}  // namespace shadowreel
