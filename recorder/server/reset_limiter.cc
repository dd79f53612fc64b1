#include "recorder/server/reset_limiter.h"

#include <algorithm>

namespace shadowreel {

bool ResetLimiter::Allow(std::string_view address, SteadyTime now) {
  Peer& peer = Find(address, now);
  const std::chrono::duration<double> passed = now - peer.filled;
  peer.tokens = std::min(limits_.burst, peer.tokens + passed.count() * limits_.rate);
  peer.filled = now;
  if (peer.tokens < 1) {
    ++cuts_;
    return false;
  }
  peer.tokens -= 1;
  return true;
}

ResetLimiter::Peer& ResetLimiter::Find(std::string_view address, SteadyTime now) {
  const auto found = by_address_.find(address);
  if (found != by_address_.end()) {
    peers_.splice(peers_.begin(), peers_, found->second);
    return peers_.front();
  }
  if (peers_.size() >= limits_.max_peers) {
    by_address_.erase(peers_.back().address);
    peers_.pop_back();
  }
  peers_.push_front({std::string(address), limits_.burst, now});
  by_address_[peers_.front().address] = peers_.begin();
  return peers_.front();
}

}  // namespace shadowreel
