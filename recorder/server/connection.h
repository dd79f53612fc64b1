#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "base/clock.h"
#include "base/event_loop.h"
#include "recorder/server/server_session.h"

namespace shadowreel {

struct ConnectionLimits {
  size_t reads_per_wake = 4;  // of one read buffer each, so that one peer cannot starve others
  size_t max_unsent_bytes = 64 << 10;  // with more answers unsent the peer is not read any further
  size_t max_awaited = 2048;           // nor with more answers awaited: as many as HTTP/2 streams
  // After the last answer: how long and how much is still read (and thrown away), so that the peer
  // gets to see the answer instead of a reset (RFC 9112, 9.6).
  Nanos linger_timeout = std::chrono::seconds(1);
  size_t linger_bytes = 1 << 20;
};

class Connection;

// What the connections of one listener share. Owned and called by the listener's thread.
struct SharedByListener {
  std::string read_buffer;
  std::unordered_set<Connection*> awaiting;  // those whose sessions await answers
};

// One accepted socket and its session. Owned and called by the listener's thread.
class Connection final : public EventHandler {
 public:
  // Takes the ownership of `fd`, which is non-blocking. `shared` is for all connections of the
  // listener. `remove` is called last of all, once, and destroys the connection.
  Connection(EventLoop& loop, const Clock& clock, const ConnectionLimits& limits,
             SharedByListener& shared, int fd, std::unique_ptr<ServerSession> session,
             std::function<void(int fd)> remove);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Starts watching the socket. An error leaves the connection unusable.
  absl::Status Start();

  void OnEvents(uint32_t events) override;

  // Acts on a deadline that has passed. May destroy the connection.
  void CheckDeadline(Instant now);

  // Hands the session what the disk has, and sends what comes of it. May destroy the connection.
  void OnSettled(const Settled& settled, Instant now);

  // The peer has ended its side, and awaits answers at most: perhaps it has gone.
  bool peer_ended() const { return peer_ended_; }
  int fd() const { return fd_; }

  // Reads what has already arrived, ends the session, and sends what the socket takes at once.
  // True when answers are awaited: the connection goes on until they are sent. Else the owner
  // destroys it next.
  bool End(Instant now);

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
  void UpdateAwaiting();

  EventLoop& loop_;
  const Clock& clock_;
  const ConnectionLimits& limits_;
  SharedByListener& shared_;
  const int fd_;
  const std::unique_ptr<ServerSession> session_;
  const std::function<void(int fd)> remove_;
  State state_ = State::kOpen;
  bool peer_ended_ = false;     // nothing more to read
  bool session_ended_ = false;  // OnEnd was called
  bool awaiting_ = false;       // is in shared_.awaiting
  uint32_t interest_ = 0;
  SteadyTime linger_deadline_;
  size_t lingered_bytes_ = 0;
};

}  // namespace shadowreel
