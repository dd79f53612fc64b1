#pragma once

#include <absl/status/statusor.h>
#include <sys/socket.h>

#include <string>

namespace shadowreel {

struct ListenSocket {
  int fd;               // non-blocking and listening; the caller closes it
  std::string address;  // "HOST:PORT" as bound, the real port in it
};

// Binds and listens on "HOST:PORT" (IPv4, "[IPv6]", a name's first usable address, or "" for every
// IPv4 address); port 0 is any free one. An IPv6 socket takes no IPv4. A malformed address is a
// usage error; others read "cannot listen on 127.0.0.1:80: Address already in use".
absl::StatusOr<ListenSocket> OpenListenSocket(const std::string& address);

// "192.0.2.1:4711", "[2001:db8::1]:4711".
std::string FormatSocketAddress(const sockaddr_storage& address);

}  // namespace shadowreel
