#include "replayer/pace/rate_cap.h"

#include "base/check.h"

namespace shadowreel {

RateCap::RateCap(uint64_t max_rate) : max_rate_(max_rate) { CHECK(max_rate > 0); }

bool RateCap::Admit(SteadyTime now) {
  while (!last_second_.empty() && last_second_.front() <= now - std::chrono::seconds(1)) {
    last_second_.pop_front();
  }
  if (last_second_.size() >= max_rate_) return false;
  last_second_.push_back(now);
  return true;
}

}  // namespace shadowreel
