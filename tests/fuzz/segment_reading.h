#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "formats/segment/recovery_report.h"
#include "formats/segment/segment_reader.h"

namespace shadowreel {

// A small file may promise a body of 1 GiB, and zstd may keep the promise: not to be loaded.
inline constexpr uint64_t kMostBody = uint64_t{16} << 20;
uint64_t BodyBytes(const SegmentReader& reader);

// What a reader gives: its records, each as one string (flat_record.h), and the error that ended
// them, if any.
struct Reading {
  std::vector<std::string> records;
  absl::Status status;
};

// Chunk by chunk, in file order.
Reading ReadChunks(const SegmentReader& reader);
// By arrival, with as little in memory as can be.
Reading ReadTrace(FileSystem& files, const std::string& path, RecoveryMode mode);

std::vector<std::string> Sorted(std::vector<std::string> records);

// An error about a file is damage, or says why the file cannot be used; it names the file.
void CheckError(const absl::Status& status, const std::string& path);

}  // namespace shadowreel
