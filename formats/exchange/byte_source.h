#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/file_system.h"

namespace shadowreel {

// The bytes of an import, front to back. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads up to `room` bytes, at least one; 0 at the end. Errors name the file and, where bytes
  // are damaged, the place; all that stands before that place was read by earlier calls. After an
  // error every further call gives it again.
  virtual absl::StatusOr<size_t> Read(char* out, size_t room) = 0;

  // For progress: how much of the file was read, and its size, as it lies on the disk; 0 where that
  // is not known.
  virtual uint64_t file_bytes_read() const { return 0; }
  virtual uint64_t file_bytes() const { return 0; }
};

// A file, decompressed in bounded memory when it begins as gzip does (RFC 1952; several members
// are one stream, zeros after the last are padding).
absl::StatusOr<std::unique_ptr<ByteSource>> OpenByteSource(FileSystem& files,
                                                           const std::string& path);

}  // namespace shadowreel
