#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "recorder/capture/acknowledgements.h"

namespace shadowreel {

// When a batch of bytes arrived, by both clocks, read once.
struct Instant {
  WallTime wall;
  SteadyTime steady;
};

// One connection's protocol, without I/O: bytes in, bytes out. Owned and called by the
// listener's thread.
class ServerSession {
 public:
  virtual ~ServerSession() = default;

  // Takes what the peer sent. All of it is consumed, unless the session WantsClose().
  virtual void OnBytes(std::string_view bytes, Instant now) = 0;

  // The peer ended its side or reset the connection: an unfinished request is recorded as
  // incomplete, or refused when its head never ended.
  virtual void OnEnd(Instant now) = 0;

  // Bytes for the peer, and how many of them were sent.
  virtual std::string_view output() const = 0;
  virtual void ConsumeOutput(size_t count) = 0;

  // Nothing more is read; the connection closes once nothing is awaited and the output is sent.
  virtual bool WantsClose() const = 0;

  // Answers that are still to come, also after OnEnd: they wait for the disk.
  virtual size_t awaited() const = 0;
  // What the disk has since the last call; this may turn awaited answers into output.
  virtual void OnSettled(const Settled& settled, Instant now) = 0;

  // When the peer must have made progress (head complete, body bytes, next request), or an answer
  // waits no longer; nothing when there is time. OnDeadline is called when that has passed.
  virtual std::optional<SteadyTime> deadline() const = 0;
  virtual void OnDeadline(Instant now) = 0;
};

}  // namespace shadowreel
