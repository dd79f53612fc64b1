#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/event_loop.h"
#include "recorder/server/server_session.h"

namespace shadowreel {

struct ConnectionLimits {
  size_t reads_per_wake = 4;  // of one read buffer each, so that one peer cannot starve others
  size_t max_unsent_bytes = 64 << 10;  // with more answers unsent the peer is not read any further
  // After the last answer: how long and how much is still read (and thrown away), so that the peer
  // gets to see the answer instead of a reset (RFC 9112, 9.6).
  Nanos linger_timeout = std::chrono::seconds(1);
  size_t linger_bytes = 1 << 20;
};

// One accepted socket and its session. Owned and called by the listener's thread.
class Connection final : public EventHandler {
 public:
  // Takes the ownership of `fd`, which is non-blocking. `read_buffer` is scratch space shared
  // with other connections. `remove` is called last of all, once, and destroys the connection.
  Connection(EventLoop& loop, const Clock& clock, const ConnectionLimits& limits,
             std::string& read_buffer, int fd, std::unique_ptr<ServerSession> session,
             std::function<void(int fd)> remove);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Starts watching the socket. An error leaves the connection unusable.
  absl::Status Start();

  void OnEvents(uint32_t events) override;

  // Acts on a deadline that has passed. May destroy the connection.
  void CheckDeadline(Instant now);

  // Reads what has already arrived, ends the session, and sends what the socket takes at once.
  // The owner destroys the connection next.
  void End(Instant now);

 private:
  enum class State { kOpen, kLingering, kFinished };

  bool Reading() const;
  void Read(Instant now);
  void Drain();
  void Flush(Instant now);
  void EndSession(Instant now);
  void Break(Instant now);  // no bytes go either way any more
  // Decides what comes next. Comes last: it may destroy the connection.
  void Settle(Instant now);
  void StartLingering(Instant now);
  void UpdateInterest();

  EventLoop& loop_;
  const Clock& clock_;
  const ConnectionLimits& limits_;
  std::string& read_buffer_;
  const int fd_;
  const std::unique_ptr<ServerSession> session_;
  const std::function<void(int fd)> remove_;
  State state_ = State::kOpen;
  bool peer_ended_ = false;     // nothing more to read
  bool session_ended_ = false;  // OnEnd was called
  uint32_t interest_ = 0;
  SteadyTime linger_deadline_;
  size_t lingered_bytes_ = 0;
};

}  // namespace shadowreel
