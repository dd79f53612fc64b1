#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/record.h"
#include "formats/response.h"
#include "formats/segment/chunk_writer.h"
#include "formats/segment/record_chunk_builder.h"
#include "formats/segment/response_codec.h"
#include "formats/segment/statistics.h"
#include "formats/segment/wire.h"
#include "formats/trace.pb.h"

namespace shadowreel {

struct SegmentWriterOptions {
  int zstd_level = 1;   // 0 stores plain
  uint64_t marker = 0;  // 0: random; tests fix it
};

// Writes one segment of requests: `DIRECTORY/NAME.seg.open`, which Seal() turns into
// `DIRECTORY/NAME.seg`. Layout and life: segment_format.md. Holds at most 8 MiB, with responses 16.
// Not thread-safe.
//
// After an error of the file system the file is dead: every later call returns that error, and it
// cannot be sealed. What whole chunks it holds stays readable.
class SegmentWriter {
 public:
  // `header` carries what the caller knows; kind, uuids (when empty), created time and writer
  // version are filled in. The first record gets header.first_record_number. The directory must
  // exist; neither `NAME.seg.open` nor `NAME.seg` may.
  static absl::StatusOr<std::unique_ptr<SegmentWriter>> Create(
      FileSystem& files, const Clock& clock, std::string directory, const std::string& name,
      trace::SegmentHeader header, const SegmentWriterOptions& options = {});
  ~SegmentWriter();

  // Stores a record under the next number, which is returned; `record.number` and
  // `record.recording` are ignored. Writes a chunk when one is full. A record that no segment can
  // hold (head over kMaxRecordHead, body over kMaxBody, a weight that is not positive) is a
  // kInvalidArgument and leaves the file as it was.
  absl::StatusOr<uint64_t> Append(const Record& record);

  // Stores the response to a record that Append() has numbered; one each. Its body is cut at
  // kMaxResponseBody. A head over kMaxRecordHead or a number that is no record's is a
  // kInvalidArgument and leaves the file as it was.
  absl::Status AppendResponse(uint64_t record_number, const Response& response);

  // Closes the open chunks and writes them (no sync).
  absl::Status Flush();

  // Flush, then fdatasync, and the first time a sync of the directory: every record appended so far
  // survives a crash.
  absl::Status Sync();

  // Flush, footer, trailer, fdatasync, rename to the sealed name, sync of the directory. The last
  // call.
  absl::Status Seal(const trace::CaptureLedger& ledger);
  // The same for what was not captured and has no ledger.
  absl::Status Seal() { return SealWith({}); }

  // Bytes written to the file so far, and records in chunks not yet written.
  uint64_t file_bytes() const { return chunks_->file_bytes(); }
  uint64_t pending_records() const { return lane_.records() + late_lane_.records(); }
  // The number that the next record gets.
  uint64_t next_number() const { return next_number_; }
  const trace::SegmentHeader& header() const { return chunks_->header(); }
  // Where the file is now.
  const std::string& path() const { return chunks_->path(); }

 private:
  explicit SegmentWriter(std::unique_ptr<ChunkWriter> chunks);
  absl::Status WriteLane(ChunkType type, RecordChunkBuilder* lane);
  absl::Status WriteBody(const Record& record);
  absl::Status WriteResponses();
  absl::Status SealWith(trace::SegmentFooter footer);

  const std::unique_ptr<ChunkWriter> chunks_;
  RecordChunkBuilder lane_;
  RecordChunkBuilder late_lane_;
  ResponseChunkBuilder responses_;
  uint64_t response_count_ = 0;
  StatisticsCounter statistics_;
  uint64_t next_number_;
  wire::Buffer raw_;  // reused
};

}  // namespace shadowreel
