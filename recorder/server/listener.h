#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/event_loop.h"
#include "recorder/server/connection.h"
#include "recorder/server/server_session.h"

namespace shadowreel {

struct ListenerOptions {
  // "HOST:PORT" each: IPv4, "[IPv6]", a name, or nothing for every IPv4 address; port 0 is any.
  std::vector<std::string> addresses;
  // More are accepted and closed at once, unless one can go whose peer has ended its side and that
  // only awaits answers.
  size_t max_connections = 4096;
  ConnectionLimits connection{};
};

// Makes the session of one accepted connection. `connection` counts from 1, `peer` is
// "192.0.2.1:4711".
using SessionFactory = std::function<std::unique_ptr<ServerSession>(
    uint64_t connection, const std::string& peer, Instant now)>;

// Accepts connections and carries bytes between their sockets and their sessions. Owned and
// called by the thread that runs the loop, destruction included.
//
//   while (!stop) { loop.RunOnce(std::chrono::milliseconds(100)); listener->CheckDeadlines(); }
//   listener->StopAccepting();
//   listener->EndAll(now);
//   listener->CloseAll();
class Listener {
 public:
  // Binds and listens on every address, or on none. An error is one line that names the address.
  // `loop` and `clock` must outlive the listener.
  static absl::StatusOr<std::unique_ptr<Listener>> Create(EventLoop& loop, const Clock& clock,
                                                          ListenerOptions options,
                                                          SessionFactory factory);
  // Closes all sockets without a word to the sessions: call EndAll() first.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // What is bound, "HOST:PORT" with the real port, in the order of the options.
  const std::vector<std::string>& addresses() const { return addresses_; }

  // Closes the listening sockets; open connections go on.
  void StopAccepting();

  // Hands what the disk has to the sessions that await answers.
  void OnSettled(const Settled& settled);

  // Ends every connection: what already arrived is read, unfinished requests end as incomplete,
  // answers that the socket takes at once are sent. Those that await answers stay open for them:
  // run the loop, then close them.
  void EndAll(Instant now);
  // Closes all connections. A socket's unsent answers are lost.
  void CloseAll() { connections_.clear(); }

  // To be called at least every 100 ms, and after each RunOnce at will: looks at the deadlines at
  // most every 100 ms, and takes up accepting again after a pause.
  void CheckDeadlines();

  size_t open_connections() const { return connections_.size(); }
  uint64_t connections_accepted() const { return accepted_; }
  uint64_t connections_refused() const { return refused_; }      // over max_connections
  uint64_t accept_failures() const { return accept_failures_; }  // no descriptors, no memory

 private:
  class Door;  // one listening socket

  Listener(EventLoop& loop, const Clock& clock, ListenerOptions options, SessionFactory factory);

  absl::Status Open(const std::string& address);
  void AcceptFrom(int listen_fd);
  void Admit(int fd, const std::string& peer, Instant now);
  bool MakeRoom();
  void PauseAccepting(SteadyTime until);
  void ResumeAccepting(SteadyTime now);

  EventLoop& loop_;
  const Clock& clock_;
  const ListenerOptions options_;
  const SessionFactory factory_;
  SharedByListener shared_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::vector<std::string> addresses_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  std::optional<SteadyTime> resume_accepting_;  // set while accepting pauses
  SteadyTime next_scan_;
  uint64_t accepted_ = 0;
  uint64_t refused_ = 0;
  uint64_t accept_failures_ = 0;
};

}  // namespace shadowreel
