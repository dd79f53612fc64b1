#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "formats/record.h"
#include "formats/segment/segment_format.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// One chunk as its header (or the footer) describes it. Kept small: a trace reader holds all of
// a recording's.
struct ChunkInfo {
  uint64_t offset = 0;
  uint64_t first_record = 0;
  int64_t min_arrival_nanos = 0;
  int64_t max_arrival_nanos = 0;
  uint32_t record_count = 0;
  uint32_t stored_length = 0;
  uint32_t raw_length = 0;
  ChunkType type = ChunkType::kRecords;
  ChunkCodec codec = ChunkCodec::kPlain;
};

// Reads one segment. Errors name path and offset. Thread-compatible: const calls may run in
// parallel.
class SegmentReader {
 public:
  // Reads header and index (the footer's when it is intact, else by hopping over chunk headers).
  // Refuses a file that is no segment, has an unknown incompatible feature, or was not sealed or
  // is cut (kDataLoss, saying at which offset it ends and what to do).
  static absl::StatusOr<std::unique_ptr<SegmentReader>> Open(FileSystem& files, std::string path);
  ~SegmentReader();

  const std::string& path() const;
  uint64_t file_bytes() const;
  const trace::SegmentHeader& header() const;
  const trace::SegmentFooter& footer() const;
  // Record and late-lane chunks, in file order.
  const std::vector<ChunkInfo>& record_chunks() const;
  // Every chunk, in file order.
  const std::vector<ChunkInfo>& chunks() const;

  // Decodes one record chunk, in stored order. Bodies of continued records are left empty:
  // see LoadBody.
  absl::Status ReadRecords(const ChunkInfo& chunk, std::vector<Record>* records) const;

  // Bytes of a continued body (0: the record's body is inline and already there).
  uint64_t ContinuedBytes(const Record& record) const;

  // Fills record.body from its body chunks, when it is continued.
  absl::Status LoadBody(Record* record) const;

  // Reads every byte: each chunk's header, checksum and content, the footer against the chunks,
  // the file's length. The first damage found is returned.
  absl::Status Verify() const;
};

}  // namespace shadowreel
