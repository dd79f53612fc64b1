#include "replayer/run_monitor.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/say.h"
#include "base/status.h"

namespace shadowreel {
namespace {

constexpr int kTerminalSeconds = 2;
constexpr int kLogSeconds = 10;

bool IsError(const Outcome& outcome) {
  switch (outcome.kind) {
    case OutcomeKind::kCompleted:
      return outcome.status >= 500;
    case OutcomeKind::kShed:
    case OutcomeKind::kCancelled:
      return false;
    default:
      return true;
  }
}

bool DecoratesStderr() { return isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace

void ProgressCounter::OnOutcome(const Outcome& outcome, std::string_view /*endpoint*/,
                                std::string_view /*error*/) {
  if (outcome.kind == OutcomeKind::kShed) {
    shed_.fetch_add(1, std::memory_order_relaxed);
  } else if (outcome.kind != OutcomeKind::kCancelled) {
    done_.fetch_add(1, std::memory_order_relaxed);
  }
  if (IsError(outcome)) errors_.fetch_add(1, std::memory_order_relaxed);
}

std::string ProgressCounter::Line() const {
  return fmt::format("{} done, {} errors, {} shed", done_.load(std::memory_order_relaxed),
                     errors_.load(std::memory_order_relaxed),
                     shed_.load(std::memory_order_relaxed));
}

absl::StatusOr<std::unique_ptr<RunMonitor>> RunMonitor::Start(StopSource* stop,
                                                              const ProgressCounter* progress) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  // Blocked, it would come through although nohup has it ignored.
  struct sigaction hangup {};
  const bool ignored = sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler == SIG_IGN;
  if (!ignored) sigaddset(&signals, SIGHUP);
  const int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd < 0) return ErrnoError(errno, "cannot create a signal descriptor");
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) {
    const int error = errno;
    close(signal_fd);
    return ErrnoError(error, "cannot create an event descriptor");
  }
  sigset_t former;
  pthread_sigmask(SIG_BLOCK, &signals, &former);
  return std::unique_ptr<RunMonitor>(new RunMonitor(stop, progress, signal_fd, wake_fd, former));
}

RunMonitor::RunMonitor(StopSource* stop, const ProgressCounter* progress, int signal_fd,
                       int wake_fd, const sigset_t& former_mask)
    : stop_(stop),
      progress_(progress),
      signal_fd_(signal_fd),
      wake_fd_(wake_fd),
      former_mask_(former_mask),
      terminal_(DecoratesStderr()),
      thread_([this] { Watch(); }) {}

RunMonitor::~RunMonitor() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
  thread_.join();
  TakeSignal();  // one that came just now is not left pending, to kill the program at its report
  EndLine();
  pthread_sigmask(SIG_SETMASK, &former_mask_, nullptr);
  close(wake_fd_);
  close(signal_fd_);
}

std::string RunMonitor::Signal() const {
  switch (signal_.load()) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "";
  }
}

void RunMonitor::Watch() {
  const int seconds = terminal_ ? kTerminalSeconds : kLogSeconds;
  pollfd watched[2] = {{signal_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
  while (true) {
    const int ready = poll(watched, 2, seconds * 1000);
    if (watched[1].revents != 0) return;
    if (ready > 0 && TakeSignal()) AnnounceStop();
    if (ready != 0) continue;
    seconds_ += seconds;
    ShowProgress();
  }
}

// Whether the first one came.
bool RunMonitor::TakeSignal() {
  bool first = false;
  signalfd_siginfo taken{};
  while (read(signal_fd_, &taken, sizeof(taken)) == sizeof(taken)) {
    int none = 0;
    if (signal_.compare_exchange_strong(none, static_cast<int>(taken.ssi_signo))) {
      first = true;
      stop_->Request();
    } else {
      stop_->CutDrain();
    }
  }
  return first;
}

void RunMonitor::AnnounceStop() {
  EndLine();
  Say(stderr, "replayer: {}: sends nothing more and waits for answers; once more to abandon them\n",
      Signal());
}

// Ends the progress line that a terminal shows.
void RunMonitor::EndLine() {
  if (std::exchange(line_open_, false)) Say(stderr, "\n");
}

void RunMonitor::ShowProgress() {
  const std::string line = fmt::format("replayer: {} s, {}", seconds_, progress_->Line());
  if (terminal_) {
    Say(stderr, "\r\x1b[K{}", line);
    line_open_ = true;
  } else {
    Say(stderr, "{}\n", line);
  }
  std::fflush(stderr);
}

}  // namespace shadowreel
