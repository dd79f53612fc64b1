#include "replayer/plan/safety_rules.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/status.h"
#include "net/http/authority.h"
#include "net/http/fields.h"

namespace shadowreel {
namespace {

constexpr uint16_t kHttpPort = 80;
constexpr uint16_t kHttpsPort = 443;

std::string_view WithoutFinalDot(std::string_view host) {
  if (host.size() > 1 && host.ends_with('.')) host.remove_suffix(1);
  return host;
}

std::string_view WithoutBrackets(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

// As an AuthorityGuard compares hosts, but for case.
std::string_view Plain(std::string_view host) { return WithoutFinalDot(WithoutBrackets(host)); }

}  // namespace

std::string_view NameOf(SkipReason reason) {
  switch (reason) {
    case SkipReason::kSideEffects:
      return "side_effects";
    case SkipReason::kIncomplete:
      return "incomplete";
    case SkipReason::kTruncated:
      return "truncated";
    case SkipReason::kNotExpressible:
      return "not_expressible";
  }
  CHECK(false);
}

std::optional<SkipReason> SkipReasonFor(const Record& record, bool allow_side_effects) {
  const bool safe = record.method == "GET" || record.method == "HEAD" || record.method == "OPTIONS";
  if (!safe && !allow_side_effects) return SkipReason::kSideEffects;
  if (!record.complete) return SkipReason::kIncomplete;
  if (record.truncated) return SkipReason::kTruncated;
  return std::nullopt;
}

AuthorityGuard::AuthorityGuard(std::string_view host, uint16_t port,
                               const std::vector<std::string>& allowed)
    : host_(Plain(host)),
      port_(port),
      named_(std::any_of(allowed.begin(), allowed.end(), [&](const std::string& entry) {
        return EqualsIgnoreCase(Plain(entry), host_);
      })) {}

bool AuthorityGuard::IsTarget(std::string_view recorded) const {
  const auto [host, port] = SplitHostPort(recorded);
  if (!EqualsIgnoreCase(Plain(host), host_)) return false;
  if (!port || port->empty()) return port_ == kHttpPort || port_ == kHttpsPort;
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port->data(), port->data() + port->size(), number);
  return error == std::errc() && end == port->data() + port->size() && number == port_;
}

absl::Status AuthorityGuard::Check(std::string_view recorded) const {
  if (named_ || !IsTarget(recorded)) return absl::OkStatus();
  return SafetyError(
      "the recording was taken from the target itself ('{}'); name another --target, or allow "
      "this one with --allow_target={}",
      recorded, host_);
}

}  // namespace shadowreel
