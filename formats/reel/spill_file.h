#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/file_system.h"

namespace shadowreel {

// Where sorts spill to, and what memory each of them may take.
struct SortSpace {
  static constexpr size_t kMemoryBytes = size_t{16} << 20;

  FileSystem& files;
  std::string directory;  // TMPDIR's, say
  size_t memory_bytes = kMemoryBytes;
};

// A temporary file that has lost its name as soon as it is open: whatever ends the process, its
// space is free again. (A kill between the two calls leaves an empty "reel-sort-*".) Not
// thread-safe. Errors name the directory and TMPDIR, which moves it.
class SpillFile {
 public:
  static absl::StatusOr<std::unique_ptr<SpillFile>> Create(const SortSpace& space);

  absl::Status Append(std::string_view bytes);
  // Reads exactly `length` bytes that were appended before.
  absl::Status ReadAt(uint64_t offset, size_t length, std::string* out) const;
  uint64_t size() const { return size_; }

 private:
  SpillFile(std::string directory, std::unique_ptr<WritableFile> writer,
            std::unique_ptr<RandomAccessFile> reader)
      : directory_(std::move(directory)), writer_(std::move(writer)), reader_(std::move(reader)) {}

  const std::string directory_;
  const std::unique_ptr<WritableFile> writer_;
  const std::unique_ptr<RandomAccessFile> reader_;
  uint64_t size_ = 0;
};

}  // namespace shadowreel
