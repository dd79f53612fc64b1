#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "formats/segment/chunk_header.h"
#include "formats/segment/recovery_report.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// What stands in a file that may be damaged anywhere, its payloads' checksums included.
struct ChunkScan {
  uint64_t marker = 0;
  trace::SegmentHeader header;    // of the first header chunk that is whole, else the footer's
  trace::SegmentFooter footer;    // without its `chunks`; empty when it is not intact
  std::vector<ChunkInfo> chunks;  // whole ones, footers excluded, in file order
  std::optional<uint64_t> had_records;  // by the footer: how many the writer put in
  // Of the report: sealed, footer_intact, torn_bytes, damaged, damaged_bytes, lost_in_middle.
  RecoveryReport report;
};

// Reads all of a file, front to back, and finds every whole chunk of it (segment_format.md,
// "Finding chunks in a damaged file"). Holds 60 bytes a chunk and 17 MiB at most. Errors: no
// segment header survives (kDataLoss); a container version, an incompatible feature, a critical
// chunk type or chunk flags that this version does not know; the file cannot be read.
absl::StatusOr<ChunkScan> ScanChunks(const RandomAccessFile& file, const std::string& path);

// The segment header of a file, sealed or not: its first chunk, and when that is not whole, what
// ScanChunks finds.
absl::StatusOr<trace::SegmentHeader> ReadSegmentHeader(FileSystem& files, const std::string& path);

}  // namespace shadowreel
