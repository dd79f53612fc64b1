#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <string>

#include "base/file_system.h"

namespace shadowreel {

// The bytes of an import, front to back. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads up to `room` bytes, at least one; 0 at the end. Errors name the file.
  virtual absl::StatusOr<size_t> Read(char* out, size_t room) = 0;
};

// A file, decompressed when it begins as gzip does (RFC 1952; several members are one stream).
absl::StatusOr<std::unique_ptr<ByteSource>> OpenByteSource(FileSystem& files,
                                                           const std::string& path);

}  // namespace shadowreel
