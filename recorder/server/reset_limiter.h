#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace shadowreel {

struct ResetLimits {
  double burst = 10'000;    // resets a peer may send at once
  double rate = 1'000;      // and a second, in the long run
  size_t max_peers = 1024;  // remembered; the one that has been quiet longest is forgotten
};

// How many streams a peer may reset, over all its connections: a token bucket for each peer
// address. A mirroring Envoy resets shadow streams in bursts, which is legitimate; a rapid reset
// attack (CVE-2023-44487) is not. Owned and called by the listener's thread.
class ResetLimiter {
 public:
  explicit ResetLimiter(const ResetLimits& limits) : limits_(limits) {}

  // Counts one reset by `address` ("192.0.2.1", no port). False when that is one too many: the
  // connection that brought it is to be cut.
  bool Allow(std::string_view address, SteadyTime now);

  // How often the answer was no.
  uint64_t cuts() const { return cuts_; }
  size_t peers() const { return peers_.size(); }

 private:
  struct Peer {
    std::string address;
    double tokens;
    SteadyTime filled;  // when `tokens` was true
  };
  using Peers = std::list<Peer>;  // the last to reset comes first

  Peer& Find(std::string_view address, SteadyTime now);

  const ResetLimits limits_;
  Peers peers_;
  std::unordered_map<std::string_view, Peers::iterator> by_address_;  // views into peers_
  uint64_t cuts_ = 0;
};

}  // namespace shadowreel
