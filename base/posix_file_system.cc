#include "base/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace shadowreel {
namespace {

// Repeats a system call that a signal interrupted.
template <typename Call>
auto Uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  ~PosixWritableFile() override {
    if (fd_ >= 0) close(fd_);
  }

  absl::Status Append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = Uninterrupted([&] { return write(fd_, bytes.data(), bytes.size()); });
      if (written < 0) return ErrnoError(errno, "cannot write " + path_);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    if (fdatasync(fd_) != 0) return ErrnoError(errno, "cannot sync " + path_);
    struct stat status {};
    if (fstat(fd_, &status) != 0) return ErrnoError(errno, "cannot look at " + path_);
    if (status.st_nlink > 0) return absl::OkStatus();
    return UnusableError("{} was removed while it was written", path_);
  }

  absl::Status Close() override {
    // The descriptor is gone whatever close() returns (close(2), Linux).
    if (close(std::exchange(fd_, -1)) != 0) return ErrnoError(errno, "cannot close " + path_);
    return absl::OkStatus();
  }

 private:
  const std::string path_;
  int fd_;
};

class PosixRandomAccessFile final : public RandomAccessFile {
 public:
  PosixRandomAccessFile(std::string path, int fd, uint64_t size)
      : path_(std::move(path)), fd_(fd), size_(size) {}
  ~PosixRandomAccessFile() override { close(fd_); }

  absl::Status ReadAt(uint64_t offset, size_t length, std::string* out) const override {
    out->resize(length);
    size_t filled = 0;
    while (filled < length) {
      const ssize_t count = Uninterrupted([&] {
        return pread(fd_, out->data() + filled, length - filled,
                     static_cast<off_t>(offset + filled));
      });
      if (count < 0) {
        return ErrnoError(errno, fmt::format("cannot read {} at offset {}", path_, offset));
      }
      if (count == 0) break;
      filled += static_cast<size_t>(count);
    }
    out->resize(filled);
    return absl::OkStatus();
  }

  uint64_t size() const override { return size_; }

 private:
  const std::string path_;
  const int fd_;
  const uint64_t size_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<WritableFile>> PosixFileSystem::Create(const std::string& path) {
  const int fd = Uninterrupted(
      [&] { return open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); });
  if (fd < 0) return ErrnoError(errno, "cannot create " + path);
  return std::make_unique<PosixWritableFile>(path, fd);
}

absl::StatusOr<std::unique_ptr<WritableFile>> PosixFileSystem::OpenToAppend(
    const std::string& path) {
  const int fd = Uninterrupted(
      [&] { return open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600); });
  if (fd < 0) return ErrnoError(errno, "cannot append to " + path);
  return std::make_unique<PosixWritableFile>(path, fd);
}

absl::StatusOr<std::unique_ptr<RandomAccessFile>> PosixFileSystem::Open(const std::string& path) {
  // O_NONBLOCK: opening a FIFO would wait for its writer.
  const int fd =
      Uninterrupted([&] { return open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); });
  if (fd < 0) return ErrnoError(errno, "cannot open " + path);
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(fd);
    return UnusableError("cannot open {}: not a regular file", path);
  }
  return std::make_unique<PosixRandomAccessFile>(path, fd, static_cast<uint64_t>(status.st_size));
}

absl::Status PosixFileSystem::Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) {
    return ErrnoError(errno, fmt::format("cannot rename {} to {}", from, to));
  }
  return absl::OkStatus();
}

absl::Status PosixFileSystem::Remove(const std::string& path) {
  if (unlink(path.c_str()) != 0) return ErrnoError(errno, "cannot remove " + path);
  return absl::OkStatus();
}

absl::Status PosixFileSystem::SyncDirectory(const std::string& path) {
  const int fd =
      Uninterrupted([&] { return open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (fd < 0) return ErrnoError(errno, "cannot open directory " + path);
  const int synced = fsync(fd);
  const int error = errno;
  close(fd);
  if (synced != 0) return ErrnoError(error, "cannot sync directory " + path);
  return absl::OkStatus();
}

absl::Status PosixFileSystem::CreateDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0) return ErrnoError(errno, "cannot create directory " + path);
  return absl::OkStatus();
}

absl::Status PosixFileSystem::RemoveDirectory(const std::string& path) {
  if (rmdir(path.c_str()) != 0) return ErrnoError(errno, "cannot remove directory " + path);
  return absl::OkStatus();
}

FileKind PosixFileSystem::Kind(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return FileKind::kMissing;
  if (S_ISREG(status.st_mode)) return FileKind::kFile;
  return S_ISDIR(status.st_mode) ? FileKind::kDirectory : FileKind::kOther;
}

absl::StatusOr<std::vector<std::string>> PosixFileSystem::List(const std::string& path) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return ErrnoError(errno, "cannot list " + path);
  std::vector<std::string> names;
  errno = 0;  // readdir tells an error from the end by errno alone
  while (const dirent* entry = readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int error = errno;
  closedir(directory);
  if (error != 0) return ErrnoError(error, "cannot list " + path);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<uint64_t> PosixFileSystem::FreeBytes(const std::string& path) {
  struct statvfs status {};
  if (statvfs(path.c_str(), &status) != 0) {
    return ErrnoError(errno, "cannot ask for the free space of " + path);
  }
  return static_cast<uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace shadowreel
