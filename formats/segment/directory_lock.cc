#include "formats/segment/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/status.h"

namespace shadowreel {

absl::StatusOr<std::unique_ptr<DirectoryLock>> DirectoryLock::Take(const std::string& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoError(errno, "cannot open directory " + directory);
  std::unique_ptr<DirectoryLock> lock(new DirectoryLock(fd));
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) {
    return UnusableError("{}: a recorder is writing there; stop it first", directory);
  }
  return ErrnoError(errno, "cannot lock " + directory);
}

DirectoryLock::~DirectoryLock() { close(fd_); }

}  // namespace shadowreel
