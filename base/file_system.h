#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shadowreel {

// A file being written, front to back. Not thread-safe. The destructor closes without reporting:
// call Close() and look at its status.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  // Appends all of `bytes` or fails; after a failure the file's tail is unknown.
  virtual absl::Status Append(std::string_view bytes) = 0;
  // fdatasync. Never retry after a failure: the kernel has marked the pages clean.
  virtual absl::Status Sync() = 0;
  virtual absl::Status Close() = 0;
};

// A file being read. ReadAt is thread-safe.
class RandomAccessFile {
 public:
  virtual ~RandomAccessFile() = default;
  // Reads up to `length` bytes at `offset` into `out` (replacing its content); fewer only at the
  // end of the file.
  virtual absl::Status ReadAt(uint64_t offset, size_t length, std::string* out) const = 0;
  // The size when the file was opened, in bytes.
  virtual uint64_t size() const = 0;
};

enum class FileKind { kMissing, kFile, kDirectory, kOther };

// The file system, as far as recordings need it. Thread-safe. Every error names its path.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // Creates a file that must not exist, mode 0600.
  virtual absl::StatusOr<std::unique_ptr<WritableFile>> Create(const std::string& path) = 0;
  // Opens a file to write at its end, whoever else does; creates it, mode 0600, when missing.
  virtual absl::StatusOr<std::unique_ptr<WritableFile>> OpenToAppend(const std::string& path) = 0;
  virtual absl::StatusOr<std::unique_ptr<RandomAccessFile>> Open(const std::string& path) = 0;
  // Of a file, or of a directory to a name that does not exist. Replaces `to` atomically; durable
  // only after SyncDirectory of its directory.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;
  virtual absl::Status SyncDirectory(const std::string& path) = 0;
  // Creates one level, mode 0700; its parent must exist.
  virtual absl::Status CreateDirectory(const std::string& path) = 0;
  // The directory must be empty.
  virtual absl::Status RemoveDirectory(const std::string& path) = 0;
  virtual FileKind Kind(const std::string& path) = 0;
  // Names (not paths) in a directory, sorted.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& path) = 0;
  // Bytes that this user may still write on the file system that holds `path`.
  virtual absl::StatusOr<uint64_t> FreeBytes(const std::string& path) = 0;
};

// Reads a whole file of at most `limit` bytes.
absl::StatusOr<std::string> ReadFile(FileSystem& files, const std::string& path, size_t limit);

// Writes a file whole or not at all: a temporary beside it, sync, rename, sync of the directory.
absl::Status WriteFileAtomically(FileSystem& files, const std::string& path,
                                 std::string_view bytes);

// "a/b" from "a" and "b"; the directory part of a path ("." when there is none).
std::string JoinPath(std::string_view directory, std::string_view name);
std::string DirectoryOf(std::string_view path);

}  // namespace shadowreel
