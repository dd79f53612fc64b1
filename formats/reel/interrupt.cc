#include "formats/reel/interrupt.h"

#include <csignal>
#include <cstdlib>

#include "base/check.h"

namespace shadowreel {
namespace {

volatile std::sig_atomic_t caught_signal = 0;

void Remember(int signal) { caught_signal = signal; }

}  // namespace

void CatchInterrupts() {
  struct sigaction action {};
  action.sa_handler = Remember;
  // Without SA_RESTART: writing to a pipe that nobody empties must not hold the end up.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction before {};
    CHECK(sigaction(signal, nullptr, &before) == 0);
    // Ignored for background commands of a shell script; that stays.
    if (before.sa_handler == SIG_IGN) continue;
    CHECK(sigaction(signal, &action, nullptr) == 0);
  }
}

absl::Status CheckInterrupt() {
  if (caught_signal == 0) [[likely]]
    return absl::OkStatus();
  return absl::CancelledError("interrupted");
}

void EndAsInterrupted() {
  CHECK(caught_signal != 0);
  const int signal = caught_signal;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::abort();  // not reached: the default action ends the process
}

}  // namespace shadowreel
