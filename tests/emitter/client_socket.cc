#include "tests/emitter/client_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/status.h"
#include "net/http/authority.h"

namespace shadowreel {

absl::StatusOr<SocketAddress> ResolveAddress(const std::string& host_port) {
  const HostPort parts = SplitHostPort(host_port);
  if (!parts.port || parts.port->empty()) return UsageError("'{}': expected HOST:PORT", host_port);
  std::string host(parts.host);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::string(*parts.port).c_str(), &hints, &found);
  if (error != 0) return UsageError("'{}': {}", host_port, gai_strerror(error));
  SocketAddress address;
  address.text = host_port;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.length = found->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

absl::Status ClientSocket::Open(const SocketAddress& address) {
  address_ = address.text;
  ended_ = false;
  fd_ = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return ErrnoError(errno, "socket");
  const int one = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address.storage);
  if (connect(fd_, generic, address.length) != 0 && errno != EINPROGRESS) {
    return ErrnoError(errno, "connect to " + address_);
  }
  interest_ = EPOLLIN | EPOLLOUT;  // writable: connected
  return loop_.Watch(fd_, interest_, owner_);
}

void ClientSocket::Close() {
  if (fd_ < 0) return;
  loop_.Unwatch(fd_);
  close(fd_);
  fd_ = -1;
  output_.clear();
  sent_ = 0;
}

absl::Status ClientSocket::Flush() {
  while (unsent() > 0) {
    const ssize_t count = send(fd_, output_.data() + sent_, unsent(), MSG_NOSIGNAL);
    if (count >= 0) {
      sent_ += static_cast<size_t>(count);
    } else if (errno == EAGAIN) {
      return UpdateInterest();
    } else if (errno != EINTR) {
      return ErrnoError(errno, "send to " + address_);
    }
  }
  output_.clear();
  sent_ = 0;
  return UpdateInterest();
}

absl::StatusOr<std::string_view> ClientSocket::Receive() {
  for (;;) {
    const ssize_t count = recv(fd_, received_.data(), received_.size(), 0);
    if (count > 0) return std::string_view(received_.data(), static_cast<size_t>(count));
    if (count == 0) {
      ended_ = true;
      return std::string_view();
    }
    if (errno == EAGAIN) return std::string_view();
    if (errno != EINTR) return ErrnoError(errno, "receive from " + address_);
  }
}

absl::Status ClientSocket::UpdateInterest() {
  const uint32_t wanted = unsent() > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN;
  if (wanted == interest_) return absl::OkStatus();
  interest_ = wanted;
  return loop_.Watch(fd_, wanted, owner_);
}

}  // namespace shadowreel
