#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/record.h"

namespace shadowreel {

// Why a record is not replayed.
enum class SkipReason : uint8_t {
  kSideEffects,     // its method may change state at the target
  kIncomplete,      // the recorder never saw its end
  kTruncated,       // the stored body is not what was sent
  kNotExpressible,  // it cannot be said in HTTP/1 without meaning something else
};
inline constexpr size_t kSkipReasons = 4;

// "side_effects": as `skipped_by` of a summary names it.
std::string_view NameOf(SkipReason reason);

// By what the record is. GET, HEAD and OPTIONS are safe methods that carry no side effects by
// definition (RFC 9110, 9.2.1); TRACE is, too, and is of no use in a replay.
std::optional<SkipReason> SkipReasonFor(const Record& record, bool allow_side_effects);

// Refuses to replay at what the recording was taken from. A value; thread-safe.
class AuthorityGuard {
 public:
  // The target's host and port. When `allowed` (the entries of --allow_target) names this very
  // host, nothing is refused; a block of addresses names none.
  AuthorityGuard(std::string_view host, uint16_t port, std::vector<std::string> allowed);

  // Guards an endpoint of the target's subset, too, by the same rule.
  void AddEndpoint(std::string_view host, uint16_t port);

  // kPermissionDenied when `recorded`, a Host or :authority, is the target or an endpoint: same
  // host without case, same port. A recorded authority without a port stands for 80 and for 443.
  absl::Status Check(std::string_view recorded) const;

 private:
  struct Server {
    const char* what;    // "the target itself"
    const char* remedy;  // "name another --target"
    std::string host;
    uint16_t port;
  };
  void Add(const char* what, const char* remedy, std::string_view host, uint16_t port);

  std::vector<std::string> allowed_;
  std::vector<Server> servers_;  // without those that `allowed_` names
};

}  // namespace shadowreel
