#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/segment/chunk_header.h"
#include "formats/segment/payload_codec.h"
#include "formats/segment/segment_format.h"
#include "formats/trace.pb.h"

namespace shadowreel {

struct ChunkWriterOptions {
  int zstd_level = 1;   // 0 stores plain
  uint64_t marker = 0;  // 0: random; tests fix it
  // Of the file until it is sealed. kRecoveringSuffix: `NAME.seg` may exist, and sealing replaces
  // it.
  std::string_view suffix = kOpenSuffix;
};

// The records that a chunk holds.
struct ChunkRecords {
  uint32_t count = 0;
  uint64_t first = 0;  // the least number
  int64_t min_arrival_nanos = 0;
  int64_t max_arrival_nanos = 0;
};

// Writes the container of a segment: magic, header chunk and its repeats, chunks of any type,
// footer and trailer. Knows nothing of records. Not thread-safe.
//
// After an error the file is dead: every later call returns that error. Whole chunks in it stay
// readable.
class ChunkWriter {
 public:
  // Creates `DIRECTORY/NAME.seg.open` with its header. Neither it nor `NAME.seg` may exist. Fills
  // in what `header` leaves empty: uuids, created time, writer version.
  static absl::StatusOr<std::unique_ptr<ChunkWriter>> Create(FileSystem& files, const Clock& clock,
                                                             std::string directory,
                                                             const std::string& name,
                                                             trace::SegmentHeader header,
                                                             const ChunkWriterOptions& options);

  // Appends one chunk; `raw` is at most kMaxRawLength.
  absl::Status Write(ChunkType type, std::string_view raw, const ChunkRecords& records);

  // Appends a chunk of another file as it is stored there: only marker, offset and sequence
  // change.
  absl::Status Copy(const ChunkHeader& from, std::string_view stored);

  // fdatasync; the first time also of the directory, so that the file's name survives, too.
  absl::Status Sync();

  // Footer (`footer` brings statistics and ledger; the rest is filled in), trailer, fdatasync,
  // rename to `NAME.seg`, sync of the directory.
  absl::Status Seal(trace::SegmentFooter footer);

  // Seal() in two steps: all up to the fdatasync, and the rename. Between them the whole file can
  // be read under its old name.
  absl::Status Complete(trace::SegmentFooter footer);
  absl::Status Publish();

  // The error that ended the file, if one did.
  const absl::Status& status() const { return failed_; }
  uint64_t file_bytes() const { return file_bytes_; }
  uint64_t raw_bytes() const { return raw_bytes_; }        // of all payloads
  uint64_t stored_bytes() const { return stored_bytes_; }  // the same, compressed
  uint64_t marker() const { return marker_; }
  const trace::SegmentHeader& header() const { return header_; }
  const std::string& path() const { return path_; }  // where the file is now

 private:
  ChunkWriter(FileSystem& files, const Clock& clock, std::string directory, const std::string& name,
              trace::SegmentHeader header, const ChunkWriterOptions& options);
  absl::Status Begin();
  absl::Status WriteHeader();
  absl::Status WriteEncoded(ChunkType type, uint32_t raw_length,
                            const PayloadEncoder::Encoded& encoded, const ChunkRecords& records);
  // Fills in marker, offset and sequence.
  absl::Status AppendChunk(ChunkHeader header, std::string_view stored);
  absl::Status WritePlain(ChunkType type, std::string_view raw);
  absl::Status AppendBytes(std::string_view bytes);
  std::string EncodeFooter(trace::SegmentFooter footer) const;
  // Makes an error final.
  absl::Status Remember(absl::Status status);

  FileSystem& files_;
  const Clock& clock_;
  const std::string directory_;
  const std::string sealed_path_;
  const bool replaces_;
  std::string path_;
  trace::SegmentHeader header_;
  const uint64_t marker_;
  PayloadEncoder encoder_;
  std::unique_ptr<WritableFile> file_;
  absl::Status failed_;
  std::vector<ChunkInfo> chunks_;
  uint64_t file_bytes_ = 0;
  uint64_t raw_bytes_ = 0;
  uint64_t stored_bytes_ = 0;
  uint64_t last_header_at_ = 0;
  bool directory_synced_ = false;
};

}  // namespace shadowreel
