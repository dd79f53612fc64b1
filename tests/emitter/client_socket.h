#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/event_loop.h"

namespace shadowreel {

// Where to connect.
struct SocketAddress {
  std::string text;  // as the user wrote it
  sockaddr_storage storage{};
  socklen_t length = 0;
};

// "127.0.0.1:9000", "[::1]:9000", "localhost:9000". Asks the resolver.
absl::StatusOr<SocketAddress> ResolveAddress(const std::string& host_port);

// A non-blocking TCP connection with the bytes that wait to be sent. Its owner is the loop's
// handler; readable events mean Receive, writable ones Flush. The loop's thread.
class ClientSocket {
 public:
  ClientSocket(EventLoop& loop, EventHandler* owner) : loop_(loop), owner_(owner) {}
  ~ClientSocket() { Close(); }
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  // Begins to connect; a failure may show in a later Flush or Receive.
  absl::Status Open(const SocketAddress& address);
  // Unsent output is dropped.
  void Close();
  bool is_open() const { return fd_ >= 0; }

  // Append here, then Flush.
  std::string& output() { return output_; }
  size_t unsent() const { return output_.size() - sent_; }
  // Sends what the kernel takes.
  absl::Status Flush();

  // The next bytes, valid until the next call; empty: none for now, or ended().
  absl::StatusOr<std::string_view> Receive();
  bool ended() const { return ended_; }

 private:
  absl::Status UpdateInterest();

  EventLoop& loop_;
  EventHandler* const owner_;
  std::string address_;
  int fd_ = -1;
  uint32_t interest_ = 0;
  bool ended_ = false;
  std::string output_;
  size_t sent_ = 0;
  std::array<char, 64 << 10> received_;
};

}  // namespace shadowreel
