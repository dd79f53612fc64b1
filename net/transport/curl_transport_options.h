#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "net/transport/address_guard.h"
#include "net/transport/target_url.h"

namespace shadowreel {

struct CurlTransportOptions {
  TargetUrl target;
  AddressGuard guard;
  std::string ca_file;  // PEM; empty: the system's. Certificates are always verified.
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds request_timeout{30'000};  // from Submit, the connect included
  // Where the requests go instead of the target's own address, turn by turn; all else (Host, the
  // name that TLS asks for and verifies) stays the target's. Empty: the target itself.
  std::vector<EndpointAddress> endpoints;
  // To the target, or to each endpoint. At least as many as exchanges will be in flight: each has
  // a connection of its own, and none waits for one, or closes another endpoint's, inside libcurl.
  size_t max_connections = 256;
  // Once true, nothing is sent any more: what is still connecting ends as kUnsent. Set by another
  // thread or a signal; null: never.
  const std::atomic<bool>* stop_sending = nullptr;
};

}  // namespace shadowreel
