#include "replayer/plan/safety_rules.h"

#include <algorithm>
#include <charconv>
#include <utility>

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

// As an AuthorityGuard compares hosts, but for case.
std::string_view Plain(std::string_view host) { return WithoutFinalDot(WithoutBrackets(host)); }

bool Names(std::string_view recorded, std::string_view server, uint16_t server_port) {
  const auto [host, port] = SplitHostPort(recorded);
  if (!EqualsIgnoreCase(Plain(host), server)) return false;
  if (!port || port->empty()) return server_port == kHttpPort || server_port == kHttpsPort;
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port->data(), port->data() + port->size(), number);
  return error == std::errc() && end == port->data() + port->size() && number == server_port;
}

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
                               std::vector<std::string> allowed)
    : allowed_(std::move(allowed)) {
  Add("the target itself", "name another --target", host, port);
}

void AuthorityGuard::AddEndpoint(std::string_view host, uint16_t port) {
  Add("an endpoint of the subset", "name other endpoints", host, port);
}

void AuthorityGuard::Add(const char* what, const char* remedy, std::string_view host,
                         uint16_t port) {
  const bool named = std::any_of(allowed_.begin(), allowed_.end(), [&](const std::string& entry) {
    return EqualsIgnoreCase(Plain(entry), Plain(host));
  });
  if (!named) servers_.push_back({what, remedy, std::string(Plain(host)), port});
}

absl::Status AuthorityGuard::Check(std::string_view recorded) const {
  for (const Server& server : servers_) {
    if (!Names(recorded, server.host, server.port)) continue;
    return SafetyError(
        "the recording was taken from {} ('{}'); {}, or allow this one with --allow_target={}",
        server.what, recorded, server.remedy, server.host);
  }
  return absl::OkStatus();
}

}  // namespace shadowreel
