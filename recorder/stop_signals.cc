#include "recorder/stop_signals.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/check.h"
#include "base/status.h"

namespace shadowreel {

absl::StatusOr<std::unique_ptr<StopSignals>> StopSignals::Watch(EventLoop& loop) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  // Blocked, it would come through although nohup has it ignored.
  struct sigaction hangup {};
  CHECK(sigaction(SIGHUP, nullptr, &hangup) == 0);
  if (hangup.sa_handler != SIG_IGN) sigaddset(&stop, SIGHUP);
  CHECK(pthread_sigmask(SIG_BLOCK, &stop, nullptr) == 0);
  CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
  const int fd = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) return ErrnoError(errno, "cannot watch for signals");
  std::unique_ptr<StopSignals> signals(new StopSignals(loop, fd));
  RETURN_IF_ERROR(loop.Watch(fd, EPOLLIN, signals.get()));
  return signals;
}

StopSignals::~StopSignals() {
  loop_.Unwatch(fd_);
  close(fd_);
}

void StopSignals::OnEvents(uint32_t) {
  signalfd_siginfo signal{};
  while (read(fd_, &signal, sizeof(signal)) == sizeof(signal)) ++count_;
}

}  // namespace shadowreel
