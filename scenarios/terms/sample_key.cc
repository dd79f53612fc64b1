#include "scenarios/terms/sample_key.h"

#include "base/status.h"
#include "net/http/token.h"

namespace shadowreel {

absl::StatusOr<std::string> ParseSampleKey(std::string_view text) {
  constexpr std::string_view kHeader = "header:";
  if (text == "record") return "";
  if (text.starts_with(kHeader) && IsToken(text.substr(kHeader.size()))) {
    return std::string(text.substr(kHeader.size()));
  }
  return UsageError("'{}': write record or header:NAME", text);
}

}  // namespace shadowreel
