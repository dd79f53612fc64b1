#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

namespace shadowreel {

// Keeps recorders, and others that change recordings, out of a directory: an flock of the
// directory itself, as a recorder holds it while it runs. Not behind the FileSystem seam: locks
// are the real directory's.
class DirectoryLock {
 public:
  // Does not wait: while another process holds the lock, that is an error (kUnavailable).
  static absl::StatusOr<std::unique_ptr<DirectoryLock>> Take(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace shadowreel
