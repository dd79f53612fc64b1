#include "base/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>

#include "base/check.h"
#include "base/status.h"

namespace shadowreel {
namespace {

constexpr int kMaxEvents = 256;

// An event of a descriptor that was closed and reused within one batch must not reach the new
// handler: the epoll word carries the registration's generation beside the descriptor.
uint64_t PackWord(int fd, uint64_t generation) {
  return (generation << 32) | static_cast<uint32_t>(fd);
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Create() {
  const int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) return ErrnoError(errno, "cannot create an epoll descriptor");
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) {
    const int error = errno;
    close(epoll_fd);
    return ErrnoError(error, "cannot create an event descriptor");
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = PackWord(wake_fd, 0);
  CHECK(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd, &event) == 0);
  return std::unique_ptr<EventLoop>(new EventLoop(epoll_fd, wake_fd));
}

EventLoop::EventLoop(int epoll_fd, int wake_fd) : epoll_fd_(epoll_fd), wake_fd_(wake_fd) {}

EventLoop::~EventLoop() {
  close(wake_fd_);
  close(epoll_fd_);
}

absl::Status EventLoop::Watch(int fd, uint32_t events, EventHandler* handler) {
  auto [found, added] = registrations_.try_emplace(fd, Registration{handler, 0});
  if (added) found->second.generation = next_generation_++ & 0xffffffff;
  found->second.handler = handler;
  epoll_event event{};
  event.events = events;
  event.data.u64 = PackWord(fd, found->second.generation);
  if (epoll_ctl(epoll_fd_, added ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) != 0) {
    const int error = errno;
    registrations_.erase(found);
    return ErrnoError(error, "cannot watch a descriptor");
  }
  return absl::OkStatus();
}

void EventLoop::Unwatch(int fd) {
  if (registrations_.erase(fd) != 0) epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
}

int EventLoop::RunOnce(Nanos timeout) {
  std::array<epoll_event, kMaxEvents> events;
  const auto rounded = std::chrono::ceil<std::chrono::microseconds>(timeout);
  timespec wait{};
  wait.tv_sec = rounded.count() / 1'000'000;
  wait.tv_nsec = rounded.count() % 1'000'000 * 1000;
  const int count = epoll_pwait2(epoll_fd_, events.data(), kMaxEvents,
                                 timeout < Nanos(0) ? nullptr : &wait, nullptr);
  int dispatched = 0;
  for (int i = 0; i < count; ++i) {
    const int fd = static_cast<int>(events[i].data.u64 & 0xffffffff);
    if (fd == wake_fd_) {
      uint64_t ignored = 0;
      [[maybe_unused]] const ssize_t drained = read(wake_fd_, &ignored, sizeof(ignored));
      continue;
    }
    const auto found = registrations_.find(fd);
    if (found == registrations_.end()) continue;
    if (PackWord(fd, found->second.generation) != events[i].data.u64) continue;
    found->second.handler->OnEvents(events[i].events);
    ++dispatched;
  }
  return dispatched;
}

void EventLoop::Wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
}

}  // namespace shadowreel
