#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "formats/segment/chunk_header.h"
#include "formats/segment/recovery_report.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// Reads the container of a segment, whatever its chunks hold. Strict unless told otherwise:
// anything that is not as written is an error (kDataLoss) that names path and offset.
// Thread-compatible: const calls may run in parallel.
class ChunkReader {
 public:
  // Reads header and index. Errors: no segment, not sealed or cut, damaged, or written with a
  // feature or a critical chunk type that this version does not know. What kTail and kSalvage
  // forgive is left out of chunks() and stands in report(); both read the whole file first,
  // kTail only when it is not sealed.
  static absl::StatusOr<std::unique_ptr<ChunkReader>> Open(
      FileSystem& files, std::string path, RecoveryMode mode = RecoveryMode::kStrict);

  const std::string& path() const { return path_; }
  uint64_t file_bytes() const { return file_->size(); }
  const trace::SegmentHeader& header() const { return header_; }
  // Without its `chunks`: see chunks(). Empty when it is not intact.
  const trace::SegmentFooter& footer() const { return footer_; }
  // Whether the footer could be read. When it could not, the index was rebuilt by hopping from
  // chunk header to chunk header.
  bool footer_intact() const { return footer_flaw_.ok(); }
  // Every chunk before the footer, in file order.
  const std::vector<ChunkInfo>& chunks() const { return chunks_; }
  // What was passed over. Its `records` and what is told of their numbers are for who reads them.
  const RecoveryReport& report() const { return report_; }
  // The file was searched for whole chunks, not opened by its index.
  bool scanned() const { return scanned_; }
  // By the footer: how many records were written. Known only when scanned() and the footer is
  // intact.
  const std::optional<uint64_t>& had_records() const { return had_records_; }

  // Reads one chunk's header and its payload as it is stored.
  absl::Status ReadStored(const ChunkInfo& chunk, ChunkHeader* header, std::string* stored) const;

  // Reads one chunk's payload, decompressed.
  absl::Status ReadPayload(const ChunkInfo& chunk, std::string* raw) const;

  // As ReadPayload for chunks()[index], with what reading does without: the chunk's place in the
  // sequence, and whether a header repeat says what the header says.
  absl::Status VerifyChunk(size_t index, std::string* raw) const;

  // What is wrong with the footer, that the index could be rebuilt in spite of.
  absl::Status VerifyFooter() const { return footer_flaw_; }

  // An error about the chunk at `offset`.
  absl::Status Damaged(uint64_t offset, std::string_view what) const;

 private:
  ChunkReader(std::string path, std::unique_ptr<RandomAccessFile> file);
  absl::Status OpenStrict();
  absl::Status OpenScanned(RecoveryMode mode);
  absl::Status ReadMagic() const;
  absl::Status ReadTrailer();
  absl::Status ReadHeader();
  absl::Status ReadFooter();
  absl::Status LoadFooter();
  absl::Status TakeIndex();
  absl::Status HopChunks();
  absl::Status CheckTypes() const;
  // The error for a file without a trailer at its end.
  absl::Status NotSealed() const;
  // Reads the chunk header at `offset`, of a chunk that ends at `end` or before.
  absl::StatusOr<ChunkHeader> ReadChunkHeader(uint64_t offset, uint64_t end, uint64_t marker) const;
  absl::Status ReadChunk(const ChunkInfo& chunk, ChunkHeader* header, std::string* raw) const;
  // `all`: the bytes of the chunk, header and stored payload.
  absl::StatusOr<ChunkHeader> CheckStored(const ChunkInfo& chunk, std::string_view all) const;

  const std::string path_;
  const std::unique_ptr<RandomAccessFile> file_;
  uint64_t marker_ = 0;
  uint64_t footer_offset_ = 0;
  trace::SegmentHeader header_;
  trace::SegmentFooter footer_;
  absl::Status footer_flaw_;
  std::vector<ChunkInfo> chunks_;
  RecoveryReport report_;
  std::optional<uint64_t> had_records_;
  bool scanned_ = false;
};

}  // namespace shadowreel
