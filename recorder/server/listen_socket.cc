#include "recorder/server/listen_socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "net/http/authority.h"

namespace shadowreel {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

bool IsPort(std::string_view text) {
  uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stop == end;
}

absl::StatusOr<Addresses> Resolve(const std::string& address) {
  const HostPort parts = SplitHostPort(address);
  if (!parts.port || !IsPort(*parts.port)) {
    return UsageError("cannot listen on '{}': expected HOST:PORT with a port from 0 to 65535",
                      address);
  }
  std::string host(parts.host);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  addrinfo wanted{};
  wanted.ai_family = host.empty() ? AF_INET : AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port(*parts.port);
  const int error =
      getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &wanted, &found);
  if (error == EAI_SYSTEM) return ErrnoError(errno, "cannot listen on " + address);
  if (error != 0) return UnusableError("cannot listen on {}: {}", address, gai_strerror(error));
  return Addresses(found);
}

// Returns the socket, or -1 with errno.
int BindAndListen(const addrinfo& address) {
  const int fd = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address.ai_family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  }
  if (bind(fd, address.ai_addr, address.ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

std::string BoundAddress(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  return FormatSocketAddress(bound);
}

}  // namespace

absl::StatusOr<ListenSocket> OpenListenSocket(const std::string& address) {
  ASSIGN_OR_RETURN(const Addresses addresses, Resolve(address));
  int error = EADDRNOTAVAIL;
  for (const addrinfo* next = addresses.get(); next != nullptr; next = next->ai_next) {
    const int fd = BindAndListen(*next);
    if (fd >= 0) return ListenSocket{fd, BoundAddress(fd)};
    error = errno;
    // A name may resolve to a family that this machine does not have; a port in use is final.
    if (error != EADDRNOTAVAIL && error != EAFNOSUPPORT) break;
  }
  return ErrnoError(error, "cannot listen on " + address);
}

std::string FormatSocketAddress(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), ntohs(v6.sin6_port));
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  return fmt::format("{}:{}", text.data(), ntohs(v4.sin_port));
}

}  // namespace shadowreel
