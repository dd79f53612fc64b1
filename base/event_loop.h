#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "base/clock.h"

namespace shadowreel {

// Receives the readiness of one descriptor, on the loop's thread.
class EventHandler {
 public:
  virtual ~EventHandler() = default;
  // `events` are EPOLL* bits. May remove any descriptor from the loop, its own included.
  virtual void OnEvents(uint32_t events) = 0;
};

// Level-triggered epoll over descriptors that others own. One thread runs it; Wake() alone may be
// called from any thread and from a signal.
class EventLoop {
 public:
  static absl::StatusOr<std::unique_ptr<EventLoop>> Create();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // `handler` must outlive its registration. Watching a watched descriptor changes its events.
  absl::Status Watch(int fd, uint32_t events, EventHandler* handler);
  void Unwatch(int fd);

  // Waits for events at most `timeout` (rounded up to microseconds; negative waits for ever),
  // dispatches them, and returns how many there were. A wake-up counts as none.
  int RunOnce(Nanos timeout);

  // Makes the current or the next RunOnce return at once. Async-signal-safe.
  void Wake();

 private:
  EventLoop(int epoll_fd, int wake_fd);

  struct Registration {
    EventHandler* handler;
    uint64_t generation;
  };

  const int epoll_fd_;
  const int wake_fd_;
  uint64_t next_generation_ = 1;
  std::unordered_map<int, Registration> registrations_;
};

}  // namespace shadowreel
