#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shadowreel {

// Decides which addresses may be connected to. Loopback (127.0.0.0/8 and ::1) always; anything
// else must be named, because no address range is a sign of safety. An IPv4-mapped IPv6 address
// counts as the IPv4 address. A value: copy it. Thread-safe.
class AddressGuard {
 public:
  // Loopback alone.
  AddressGuard() : AddressGuard(WithoutLoopback()) { AllowLoopback(); }

  // Loopback and the values of --allow_target: an address or CIDR block allows what lies in it; a
  // host name allows whatever the target or endpoint of that name resolves to, at every connect.
  // UsageError for an entry that is none of these.
  static absl::StatusOr<AddressGuard> Create(const std::vector<std::string>& entries);

  // Allows nothing yet: for tests.
  static AddressGuard WithoutLoopback() { return AddressGuard(NoneTag{}); }

  // Adds one entry, as Create does.
  absl::Status Allow(std::string_view entry);

  // Whether a connection to `host`, the target's or an endpoint's, may go to `address`. Pure.
  bool Allows(const sockaddr& address, std::string_view host) const;

  // Before a start: resolves `host` (this may wait for DNS) and asks Allows about every address.
  // SafetyError names what is refused and the flag; UnusableError when it does not resolve.
  // `role` begins the message: "target", "endpoint".
  absl::Status CheckHost(std::string_view role, const std::string& host) const;

 private:
  struct NoneTag {};
  explicit AddressGuard(NoneTag) {}
  void AllowLoopback();

  struct Block {
    std::array<uint8_t, 16> network;  // IPv4 in its mapped form
    int prefix_bits;
  };

  std::vector<Block> blocks_;
  std::vector<std::string> hosts_;
};

}  // namespace shadowreel
