#include "formats/reel/notices.h"

#include "base/say.h"

namespace shadowreel {
namespace {

constexpr Nanos kPatience = std::chrono::seconds(1);
constexpr Nanos kInterval = std::chrono::milliseconds(200);

}  // namespace

Notices::Notices(std::FILE* stream, bool progress, const Clock& clock)
    : stream_(stream), progress_(progress), clock_(clock), next_(clock.SteadyNow() + kPatience) {}

Notices::~Notices() { EndProgress(); }

void Notices::Warn(std::string_view line) {
  EndProgress();
  Say(stream_, "reel: {}\n", line);
}

void Notices::Progress(std::string_view done_so_far, uint64_t done, uint64_t total) {
  if (!progress_ || total == 0) return;
  const SteadyTime now = clock_.SteadyNow();
  if (now < next_) return;
  next_ = now + kInterval;
  drawn_ = true;
  const double share = 100.0 * static_cast<double>(done) / static_cast<double>(total);
  Say(stream_, "\r{} {:.0f} %", done_so_far, share);
  std::fflush(stream_);
}

void Notices::EndProgress() {
  if (!drawn_) return;
  drawn_ = false;
  Say(stream_, "\r\x1b[K");  // erases the line
  std::fflush(stream_);
}

}  // namespace shadowreel
