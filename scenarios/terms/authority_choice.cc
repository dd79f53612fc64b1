#include "scenarios/terms/authority_choice.h"

#include <utility>

#include "base/status.h"
#include "net/http/authority.h"

namespace shadowreel {

absl::StatusOr<AuthorityChoice> ParseAuthorityChoice(std::string_view text) {
  constexpr std::pair<std::string_view, AuthorityMode> kWords[] = {
      {"target", AuthorityMode::kTarget},
      {"recorded", AuthorityMode::kRecorded},
      {"stripped", AuthorityMode::kStripped},
      {"shadow", AuthorityMode::kShadow},
  };
  for (const auto& [word, mode] : kWords) {
    if (text == word) return AuthorityChoice{mode, ""};
  }
  if (IsAuthority(text)) return AuthorityChoice{AuthorityMode::kLiteral, std::string(text)};
  return UsageError("'{}': write target, recorded, stripped, shadow or HOST[:PORT]", text);
}

}  // namespace shadowreel
