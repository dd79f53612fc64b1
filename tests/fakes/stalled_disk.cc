// A disk that stalls, is full or does things by halves, for a whole program: preloaded
// (LD_PRELOAD), it stands before the C library's calls that write, and pread. What it does is read
// at each call from the file STALLED_DISK_ORDER:
// - "stall" keeps calls that write waiting while it says so. When the first is held, the file
//   STALLED_DISK_ORDER.held appears;
// - "full" makes them fail with ENOSPC;
// - "short" interrupts every other write and read (EINTR) and does half of what the others ask;
// - "tight" does half of a write and fails the next with ENOSPC;
// - missing or anything else lets them pass.
// Only paths under STALLED_DISK_DIRECTORY are concerned.
//
// Calls go to the kernel directly, so it does not matter which other libraries stand before the C
// library (sanitizers, say).

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <string_view>

namespace {

enum class Order { kPass, kStall, kFull, kShort, kTight };

Order ReadOrder(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Order::kPass;
  char text[8] = {};
  const ssize_t count = read(fd, text, sizeof(text));
  close(fd);
  const std::string_view order(text, count > 0 ? static_cast<size_t>(count) : 0);
  if (order.starts_with("stall")) return Order::kStall;
  if (order.starts_with("short")) return Order::kShort;
  if (order.starts_with("tight")) return Order::kTight;
  return order.starts_with("full") ? Order::kFull : Order::kPass;
}

bool IsUnder(std::string_view path, std::string_view directory) {
  return !directory.empty() && path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

std::string Environment(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

void SayHeld(const std::string& order) {
  const int fd = open((order + ".held").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
}

// Returns once the call on `path` may go on; false: it fails, errno is set.
bool MayGoOn(std::string_view path) {
  if (!IsUnder(path, Environment("STALLED_DISK_DIRECTORY"))) return true;
  const std::string order = Environment("STALLED_DISK_ORDER");
  while (ReadOrder(order) == Order::kStall) {
    SayHeld(order);
    const timespec moment = {0, 2'000'000};
    nanosleep(&moment, nullptr);
  }
  if (ReadOrder(order) != Order::kFull) return true;
  errno = ENOSPC;
  return false;
}

std::string PathOf(int fd) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = readlink(link.c_str(), path, sizeof(path));
  return length < 0 ? "" : std::string(path, static_cast<size_t>(length));
}

bool MayGoOn(int fd) { return MayGoOn(PathOf(fd)); }

std::atomic<unsigned> calls = 0;

// How much of a call for `count` bytes is done; -1: it fails, errno is set.
ssize_t Share(int fd, size_t count, bool writes) {
  const std::string path = PathOf(fd);
  if (writes && !MayGoOn(path)) return -1;
  if (!IsUnder(path, Environment("STALLED_DISK_DIRECTORY"))) return static_cast<ssize_t>(count);
  const Order order = ReadOrder(Environment("STALLED_DISK_ORDER"));
  if (order != Order::kShort && (order != Order::kTight || !writes)) {
    return static_cast<ssize_t>(count);
  }
  if (++calls % 2 == 1) return static_cast<ssize_t>((count + 1) / 2);
  errno = order == Order::kShort ? EINTR : ENOSPC;
  return -1;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  const ssize_t share = Share(fd, count, true);
  return share < 0 ? -1 : syscall(SYS_write, fd, bytes, share);
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  const ssize_t share = Share(fd, count, true);
  return share < 0 ? -1 : syscall(SYS_pwrite64, fd, bytes, share, offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  const ssize_t share = Share(fd, count, true);
  return share < 0 ? -1 : syscall(SYS_pwrite64, fd, bytes, share, offset);
}

ssize_t pread(int fd, void* bytes, size_t count, off_t offset) {
  const ssize_t share = Share(fd, count, false);
  return share < 0 ? -1 : syscall(SYS_pread64, fd, bytes, share, offset);
}

ssize_t pread64(int fd, void* bytes, size_t count, off64_t offset) {
  const ssize_t share = Share(fd, count, false);
  return share < 0 ? -1 : syscall(SYS_pread64, fd, bytes, share, offset);
}

ssize_t writev(int fd, const iovec* pieces, int count) {
  return MayGoOn(fd) ? syscall(SYS_writev, fd, pieces, count) : -1;
}

int fdatasync(int fd) { return MayGoOn(fd) ? static_cast<int>(syscall(SYS_fdatasync, fd)) : -1; }

int fsync(int fd) { return MayGoOn(fd) ? static_cast<int>(syscall(SYS_fsync, fd)) : -1; }

int rename(const char* from, const char* to) noexcept {
  if (!MayGoOn(std::string_view(from))) return -1;
  return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

}  // extern "C"
