#include "formats/segment/segment_reader.h"

#include <algorithm>
#include <cstring>

#include "base/status.h"
#include "formats/segment/record_wire.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/wire.h"

namespace shadowreel {
namespace {

// Of record numbers that are kept while responses are checked; a sound segment needs a few.
constexpr size_t kMaxRanges = 1'000'000;

bool HoldsRecords(ChunkType type) {
  return type == ChunkType::kRecords || type == ChunkType::kLateRecords;
}

void SortByRecord(std::vector<ChunkInfo>* chunks) {
  std::stable_sort(chunks->begin(), chunks->end(), [](const ChunkInfo& a, const ChunkInfo& b) {
    return a.first_record < b.first_record;
  });
}

struct Piece {
  uint64_t begin = 0;
  std::string_view bytes;
  bool last = false;
};

bool ReadPiece(std::string_view raw, Piece* piece) {
  wire::Reader in(raw);
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case wire::Tag(record_wire::kPieceBegin, wire::Type::kVarint):
        piece->begin = in.Varint();
        break;
      case wire::Tag(record_wire::kPieceBytes, wire::Type::kBytes):
        piece->bytes = in.Bytes();
        break;
      case wire::Tag(record_wire::kPieceLast, wire::Type::kVarint):
        piece->last = in.Varint() != 0;
        break;
      default:
        in.Skip(tag);
    }
  }
  return in.ok();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SegmentReader>> SegmentReader::Open(FileSystem& files,
                                                                   std::string path) {
  return Open(files, std::move(path), RecoveryMode::kStrict);
}

absl::StatusOr<std::unique_ptr<SegmentReader>> SegmentReader::Open(FileSystem& files,
                                                                   std::string path,
                                                                   RecoveryMode mode,
                                                                   uint64_t limit) {
  ASSIGN_OR_RETURN(std::unique_ptr<ChunkReader> chunks,
                   ChunkReader::Open(files, std::move(path), mode));
  std::unique_ptr<SegmentReader> reader(new SegmentReader(std::move(chunks)));
  RETURN_IF_ERROR(reader->Index(limit));
  return reader;
}

SegmentReader::SegmentReader(std::unique_ptr<ChunkReader> chunk_reader)
    : chunk_reader_(std::move(chunk_reader)), footer_(chunk_reader_->footer()) {
  std::memcpy(recording_.data(), header().recording_uuid().data(), recording_.size());
}

absl::Status SegmentReader::Index(uint64_t limit) {
  if (header().kind() != trace::REQUESTS) {
    return UnusableError("{}: segment holds no requests (its kind is {}): name a recording", path(),
                         header().kind() == trace::OUTCOMES ? "outcomes" : "not known");
  }
  for (const ChunkInfo& chunk : chunks()) {
    if (HoldsRecords(chunk.type)) record_chunks_.push_back(chunk);
    if (chunk.type == ChunkType::kBody) body_chunks_.push_back(chunk);
    if (chunk.type == ChunkType::kResponses) response_chunks_.push_back(chunk);
  }
  SortByRecord(&body_chunks_);
  SortByRecord(&response_chunks_);
  if (chunk_reader_->scanned()) {
    ASSIGN_OR_RETURN(survey_, SurveyRecords(*chunk_reader_, limit));
    record_chunks_ = std::move(survey_.record_chunks);
    response_chunks_ = std::move(survey_.response_chunks);
    SortByRecord(&response_chunks_);
    *footer_.mutable_header() = header();
    *footer_.mutable_statistics() = survey_.statistics;
    return absl::OkStatus();
  }
  survey_.report = chunk_reader_->report();
  for (const ChunkInfo& chunk : record_chunks_) survey_.report.records += chunk.record_count;
  return chunk_reader_->footer_intact() ? absl::OkStatus() : RebuildStatistics();
}

absl::Status SegmentReader::RebuildStatistics() {
  StatisticsCounter counter;
  for (const ChunkInfo& chunk : record_chunks_) {
    ASSIGN_OR_RETURN(const RecordChunkView view, ReadChunk(chunk));
    Record record;
    for (size_t index = 0; index < view.size(); ++index) {
      uint64_t continued = 0;
      const std::string_view flaw = view.Decode(index, &record, &continued);
      if (!flaw.empty()) return chunk_reader_->Damaged(chunk.offset, flaw);
      counter.Add(record, continued > 0 ? continued : record.body.size());
    }
  }
  uint64_t responses = 0;
  for (const ChunkInfo& chunk : response_chunks_) {
    ResponseChunkView view;
    RETURN_IF_ERROR(ReadResponses(chunk, &view));
    responses += view.size();
  }
  *footer_.mutable_header() = header();
  *footer_.mutable_statistics() = counter.statistics();
  footer_.mutable_statistics()->set_responses(responses);
  uint64_t raw_bytes = 0;
  uint64_t stored_bytes = 0;
  for (const ChunkInfo& chunk : chunks()) {
    raw_bytes += chunk.raw_length;
    stored_bytes += chunk.stored_length;
  }
  footer_.mutable_statistics()->set_raw_bytes(raw_bytes);
  footer_.mutable_statistics()->set_stored_bytes(stored_bytes);
  return absl::OkStatus();
}

absl::Status SegmentReader::ParseChunk(const ChunkInfo& chunk, std::string raw,
                                       RecordChunkView* view) const {
  const std::string_view flaw = view->Parse(std::move(raw), chunk);
  return flaw.empty() ? absl::OkStatus() : chunk_reader_->Damaged(chunk.offset, flaw);
}

absl::StatusOr<RecordChunkView> SegmentReader::ReadChunk(const ChunkInfo& chunk) const {
  std::string raw;
  RETURN_IF_ERROR(chunk_reader_->ReadPayload(chunk, &raw));
  RecordChunkView view;
  RETURN_IF_ERROR(ParseChunk(chunk, std::move(raw), &view));
  return view;
}

absl::Status SegmentReader::DecodeRecord(const RecordChunkView& view, size_t index,
                                         Record* record) const {
  uint64_t continued = 0;
  const std::string_view flaw = view.Decode(index, record, &continued);
  if (!flaw.empty()) return chunk_reader_->Damaged(view.offset(), flaw);
  record->recording = recording_;
  const auto [begin, end] = PiecesOf(record->number);
  if ((continued > 0) == (begin != end)) return absl::OkStatus();
  return chunk_reader_->Damaged(view.offset(),
                                fmt::format("the body of record {} is {}", record->number,
                                            continued > 0 ? "missing" : "there twice"));
}

absl::Status SegmentReader::ReadRecords(const ChunkInfo& chunk,
                                        std::vector<Record>* records) const {
  ASSIGN_OR_RETURN(const RecordChunkView view, ReadChunk(chunk));
  records->resize(view.size());
  size_t count = 0;
  for (size_t index = 0; index < view.size(); ++index) {
    if (LeavesOut(view, index)) continue;
    RETURN_IF_ERROR(DecodeRecord(view, index, &(*records)[count++]));
  }
  records->resize(count);
  return absl::OkStatus();
}

std::pair<SegmentReader::PieceIterator, SegmentReader::PieceIterator> SegmentReader::PiecesOf(
    uint64_t number) const {
  if (body_chunks_.empty()) return {body_chunks_.end(), body_chunks_.end()};
  const auto begin = std::lower_bound(
      body_chunks_.begin(), body_chunks_.end(), number,
      [](const ChunkInfo& chunk, uint64_t value) { return chunk.first_record < value; });
  auto end = begin;
  while (end != body_chunks_.end() && end->first_record == number) ++end;
  return {begin, end};
}

absl::Status SegmentReader::AppendPiece(const ChunkInfo& chunk, std::string* body,
                                        bool* last) const {
  std::string raw;
  RETURN_IF_ERROR(chunk_reader_->ReadPayload(chunk, &raw));
  Piece piece;
  if (!ReadPiece(raw, &piece)) return chunk_reader_->Damaged(chunk.offset, "it does not decode");
  if (piece.begin != body->size() || piece.bytes.empty() ||
      piece.bytes.size() > kMaxBody - body->size()) {
    return chunk_reader_->Damaged(
        chunk.offset,
        fmt::format("it is not the next piece of the body of record {}", chunk.first_record));
  }
  body->append(piece.bytes);
  *last = piece.last;
  return absl::OkStatus();
}

absl::Status SegmentReader::LoadBody(Record* record) const {
  const auto [begin, end] = PiecesOf(record->number);
  if (begin == end) return absl::OkStatus();
  record->body.clear();
  // Growing would take twice the body's memory. A piece is at most its chunk's payload.
  uint64_t bound = 0;
  for (auto piece = begin; piece != end; ++piece) bound += piece->raw_length;
  record->body.reserve(std::min(bound, kMaxBody));
  bool last = false;
  for (auto piece = begin; piece != end; ++piece) {
    if (last) return chunk_reader_->Damaged(piece->offset, "it stands after the body's last piece");
    RETURN_IF_ERROR(AppendPiece(*piece, &record->body, &last));
  }
  if (!last || (!record->truncated && record->body.size() != record->wire_body_bytes)) {
    return chunk_reader_->Damaged(
        begin->offset, fmt::format("the body of record {} ends early, at {} bytes", record->number,
                                   record->body.size()));
  }
  return absl::OkStatus();
}

absl::Status SegmentReader::ParseResponses(const ChunkInfo& chunk, std::string_view raw,
                                           ResponseChunkView* view) const {
  const std::string_view flaw = view->Parse(raw, chunk);
  return flaw.empty() ? absl::OkStatus() : chunk_reader_->Damaged(chunk.offset, flaw);
}

absl::Status SegmentReader::ReadResponses(const ChunkInfo& chunk, ResponseChunkView* view) const {
  std::string raw;
  RETURN_IF_ERROR(chunk_reader_->ReadPayload(chunk, &raw));
  return ParseResponses(chunk, raw, view);
}

absl::StatusOr<uint64_t> SegmentReader::VerifyResponses(const NumberRanges& records) const {
  uint64_t count = 0;
  NumberRanges answered(kMaxRanges);
  for (const ChunkInfo& chunk : response_chunks_) {
    ResponseChunkView view;
    RETURN_IF_ERROR(ReadResponses(chunk, &view));
    for (size_t index = 0; index < view.size(); ++index) {
      const uint64_t number = view.number(index);
      if (!records.Contains(number)) {
        return chunk_reader_->Damaged(
            chunk.offset,
            fmt::format("it holds a response to record {}, which is not there", number));
      }
      const NumberRanges::Added added = answered.Add(number);
      if (added == NumberRanges::Added::kDuplicate) {
        return chunk_reader_->Damaged(chunk.offset,
                                      fmt::format("record {} has a second response", number));
      }
      if (added == NumberRanges::Added::kFull) return TooManyGaps(chunk);
    }
    count += view.size();
  }
  return count;
}

absl::Status SegmentReader::TooManyGaps(const ChunkInfo& chunk) const {
  return chunk_reader_->Damaged(
      chunk.offset, fmt::format("over {} gaps between record numbers before it", kMaxRanges));
}

absl::Status SegmentReader::VerifyRecords(const RecordChunkView& view,
                                          StatisticsCounter* counter) const {
  Record record;
  for (size_t index = 0; index < view.size(); ++index) {
    RETURN_IF_ERROR(DecodeRecord(view, index, &record));
    RETURN_IF_ERROR(LoadBody(&record));
    counter->Add(record, record.body.size());
  }
  return absl::OkStatus();
}

absl::Status SegmentReader::Verify() const {
  StatisticsCounter counter;
  NumberRanges numbers(kMaxRanges);
  for (size_t index = 0; index < chunks().size(); ++index) {
    const ChunkInfo& chunk = chunks()[index];
    std::string raw;
    RETURN_IF_ERROR(chunk_reader_->VerifyChunk(index, &raw));
    if (!HoldsRecords(chunk.type)) continue;
    RecordChunkView view;
    RETURN_IF_ERROR(ParseChunk(chunk, std::move(raw), &view));
    RETURN_IF_ERROR(VerifyRecords(view, &counter));
    if (response_chunks_.empty()) continue;
    for (const RecordChunkView::Key& key : view.keys()) {
      if (numbers.Add(key.number) == NumberRanges::Added::kFull) return TooManyGaps(chunk);
    }
  }
  RETURN_IF_ERROR(chunk_reader_->VerifyFooter());
  trace::Statistics counted = counter.statistics();
  ASSIGN_OR_RETURN(const uint64_t responses, VerifyResponses(numbers));
  counted.set_responses(responses);
  return VerifyStatistics(counted);
}

absl::Status SegmentReader::VerifyStatistics(const trace::Statistics& counted) const {
  const trace::Statistics& stated = footer_.statistics();
  const bool same =
      counted.records() == stated.records() && counted.body_bytes() == stated.body_bytes() &&
      counted.min_arrival_nanos() == stated.min_arrival_nanos() &&
      counted.max_arrival_nanos() == stated.max_arrival_nanos() &&
      counted.incomplete() == stated.incomplete() && counted.truncated() == stated.truncated() &&
      counted.redactions() == stated.redactions() && counted.responses() == stated.responses();
  if (same) return absl::OkStatus();
  return DamageError("{}: the footer's statistics (records {}) are not those of the chunks ({})",
                     path(), stated.records(), counted.records());
}

}  // namespace shadowreel
