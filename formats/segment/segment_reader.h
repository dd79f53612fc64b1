#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file_system.h"
#include "formats/record.h"
#include "formats/segment/chunk_reader.h"
#include "formats/segment/number_ranges.h"
#include "formats/segment/record_chunk_view.h"
#include "formats/segment/recovery_report.h"
#include "formats/segment/response_codec.h"
#include "formats/segment/statistics.h"
#include "formats/segment/survey.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// Reads one segment of requests, sealed unless told otherwise. Errors name path and offset.
// Thread-compatible: const calls may run in parallel.
class SegmentReader {
 public:
  // Reads header and index (the footer's when it is intact, else by hopping over chunk headers and
  // counting the records anew). Refuses a file that is no segment or holds no requests, has an
  // unknown incompatible feature, or was not sealed or is cut (kDataLoss, saying at which offset
  // it ends).
  static absl::StatusOr<std::unique_ptr<SegmentReader>> Open(FileSystem& files, std::string path);
  // kTail and kSalvage read a file that is not as it was written (for kTail: not sealed) and tell
  // in report() what they passed over. To know, they read all of it once; records that are lost,
  // and those numbered `limit` or more, are then as if they had never been there.
  static absl::StatusOr<std::unique_ptr<SegmentReader>> Open(FileSystem& files, std::string path,
                                                             RecoveryMode mode,
                                                             uint64_t limit = UINT64_MAX);

  const std::string& path() const { return chunk_reader_->path(); }
  uint64_t file_bytes() const { return chunk_reader_->file_bytes(); }
  const trace::SegmentHeader& header() const { return chunk_reader_->header(); }
  // The header's, as a Record carries it.
  const Uuid& recording() const { return recording_; }
  // Without its `chunks`: see chunks(). When it had to be rebuilt, ledger and sealing time are
  // unset.
  const trace::SegmentFooter& footer() const { return footer_; }
  // Record and late-lane chunks, in file order.
  const std::vector<ChunkInfo>& record_chunks() const { return record_chunks_; }
  // By the least number of their records, then file order.
  const std::vector<ChunkInfo>& response_chunks() const { return response_chunks_; }
  // Every chunk before the footer, in file order.
  const std::vector<ChunkInfo>& chunks() const { return chunk_reader_->chunks(); }
  // The records that can be read.
  uint64_t records() const { return survey_.report.records; }
  const RecoveryReport& report() const { return survey_.report; }
  // Whether a record that stands in a chunk is not to be read, because it is lost or over the
  // limit. ReadRecords leaves it out; who uses ReadChunk has to ask.
  bool LeavesOut(const RecordChunkView& view, size_t index) const {
    return survey_.LeavesOut(view.offset(), view.keys()[index]);
  }
  // Whether that record's body is continued in chunks of its own and whole.
  bool KeepsBodyOf(uint64_t number) const { return survey_.KeepsBodyOf(number); }
  // Whether a response belongs to a record that can be read. Of a file read strictly, Verify()
  // tells.
  bool KeepsResponseTo(uint64_t number) const { return survey_.KeepsResponseTo(number); }
  // For copying chunks as they are stored.
  const ChunkReader& container() const { return *chunk_reader_; }

  // Decodes one record chunk, in stored order. Bodies of continued records are left empty:
  // see LoadBody.
  absl::Status ReadRecords(const ChunkInfo& chunk, std::vector<Record>* records) const;

  // Fills the body of a record of this segment when it is continued in chunks of its own; leaves
  // it alone when it is not.
  absl::Status LoadBody(Record* record) const;

  // Opens one record chunk, for decoding records one by one.
  absl::StatusOr<RecordChunkView> ReadChunk(const ChunkInfo& chunk) const;
  // Decodes record `index` of such a chunk, identity included, but not a continued body.
  absl::Status DecodeRecord(const RecordChunkView& view, size_t index, Record* record) const;

  // Decodes one response chunk.
  absl::Status ReadResponses(const ChunkInfo& chunk, ResponseChunkView* view) const;

  // Reads every byte: each chunk's header, checksum and content, the footer against the chunks,
  // the file's length, and that each response belongs to a record that has no other. The first
  // damage found is returned. Only of a reader opened strictly.
  absl::Status Verify() const;

 private:
  using PieceIterator = std::vector<ChunkInfo>::const_iterator;

  explicit SegmentReader(std::unique_ptr<ChunkReader> chunk_reader);
  absl::Status Index(uint64_t limit);
  absl::Status ParseChunk(const ChunkInfo& chunk, std::string raw, RecordChunkView* view) const;
  // Counts the records anew, for a footer that could not be read.
  absl::Status RebuildStatistics();
  absl::Status VerifyRecords(const RecordChunkView& view, StatisticsCounter* counter) const;
  absl::Status ParseResponses(const ChunkInfo& chunk, std::string_view raw,
                              ResponseChunkView* view) const;
  // Counts the responses, and checks that each has a record of its own.
  absl::StatusOr<uint64_t> VerifyResponses(const NumberRanges& records) const;
  absl::Status TooManyGaps(const ChunkInfo& chunk) const;
  absl::Status VerifyStatistics(const trace::Statistics& counted) const;
  absl::Status AppendPiece(const ChunkInfo& chunk, std::string* body, bool* last) const;
  // Body chunks of a record, in file order.
  std::pair<PieceIterator, PieceIterator> PiecesOf(uint64_t number) const;

  const std::unique_ptr<ChunkReader> chunk_reader_;
  Uuid recording_{};
  trace::SegmentFooter footer_;
  std::vector<ChunkInfo> record_chunks_;
  std::vector<ChunkInfo> response_chunks_;
  std::vector<ChunkInfo> body_chunks_;  // by record number, then offset
  Survey survey_;                       // without its chunks
};

}  // namespace shadowreel
