#include "scenarios/terms/client_address.h"

#include <arpa/inet.h>

#include "base/status.h"

namespace shadowreel {

absl::Status CheckClientAddress(const std::string& text) {
  unsigned char address[sizeof(in6_addr)];
  if (inet_pton(AF_INET, text.c_str(), address) == 1) return absl::OkStatus();
  if (inet_pton(AF_INET6, text.c_str(), address) == 1) return absl::OkStatus();
  return UsageError("'{}' is not an address like 10.1.2.3 or 2001:db8::1", text);
}

}  // namespace shadowreel
