#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace shadowreel {

// Which authority (Host) a replayed request carries. In a mesh a sidecar routes by it.
enum class AuthorityMode : uint8_t {
  kTarget,    // the target's own
  kRecorded,  // as received
  kStripped,  // without Envoy's -shadow
  kShadow,    // with it
  kLiteral,   // one that the user wrote
};

struct AuthorityChoice {
  AuthorityMode mode = AuthorityMode::kTarget;
  std::string literal;  // kLiteral
};

// The mode's name, or the authority itself. UsageError, without a flag's name, for any other text.
absl::StatusOr<AuthorityChoice> ParseAuthorityChoice(std::string_view text);

}  // namespace shadowreel
