#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/event_loop.h"
#include "tests/emitter/client_socket.h"
#include "tests/emitter/mirror_connection.h"
#include "tests/emitter/shadow_mix.h"

namespace shadowreel {

struct EmitterOptions {
  std::string target;  // HOST:PORT of the recorder
  MixOptions mix;
  uint64_t requests = 1000;
  uint64_t connections = 4;
  uint64_t streams = 32;  // at once on one connection; h2
  double rate = 0;        // requests/s; 0: as fast as they are answered
  Nanos deadline = std::chrono::seconds(60);
};

struct EmitterTally {
  uint64_t sent = 0;
  uint64_t answered = 0;
  uint64_t reset = 0;    // by us, as planned
  uint64_t refused = 0;  // answered, but not with 2xx
  Nanos duration{0};
};

// Sends the mix over a pool of connections, as Envoy does it to a mirror cluster: the requests of
// all clients share all connections. One thread.
class Emitter final : private MirrorObserver {
 public:
  // `ended` is called with each request that was answered or reset.
  using Callback = std::function<void(const ShadowRequest&)>;

  static absl::StatusOr<std::unique_ptr<Emitter>> Create(const EmitterOptions& options,
                                                         const Clock& clock, Callback ended);

  // OK when every request was answered with 2xx or reset by us, before the deadline.
  absl::Status Run();
  const EmitterTally& tally() const { return tally_; }

 private:
  Emitter(const EmitterOptions& options, const Clock& clock, Callback ended, SocketAddress address,
          std::unique_ptr<EventLoop> loop);

  void OnAnswered(const ShadowRequest& request, int status) override;
  void OnReset(const ShadowRequest& request) override;
  void OnBroken(const absl::Status& status) override { broken_.Update(status); }

  uint64_t Ended() const { return tally_.answered + tally_.reset; }
  // How many requests may have been sent by then.
  uint64_t DueBy(SteadyTime now) const;
  void SendDue(SteadyTime now);
  MirrorConnection* NextWithRoom();
  Nanos Patience(SteadyTime now) const;

  const EmitterOptions options_;
  const Clock& clock_;
  const Callback ended_;
  const SocketAddress address_;
  const ShadowMix mix_;
  const std::unique_ptr<EventLoop> loop_;
  std::vector<std::unique_ptr<MirrorConnection>> connections_;
  size_t next_connection_ = 0;
  SteadyTime start_;
  EmitterTally tally_;
  absl::Status broken_;   // a connection
  absl::Status refused_;  // the first request that was
};

}  // namespace shadowreel
