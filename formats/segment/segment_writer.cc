#include "formats/segment/segment_writer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "formats/segment/record_wire.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {
namespace {

bool IsLate(const Record& record) { return record.completed - record.arrival > Nanos(kLateNanos); }

absl::Status CheckRecord(const Record& record) {
  if (const size_t bound = RecordHeadBound(record); bound > kMaxRecordHead) {
    return UsageError("a record's head of {} bytes is too large: a segment takes {}", bound,
                      kMaxRecordHead);
  }
  if (record.body.size() > kMaxBody) {
    return UsageError("a record's body of {} bytes is too large: a segment takes {}",
                      record.body.size(), kMaxBody);
  }
  if (!(std::isfinite(record.weight) && record.weight > 0)) {
    return UsageError("a record's weight of {} is not a positive number", record.weight);
  }
  return absl::OkStatus();
}

// Replaces `raw` with a BodyPiece message.
void EncodePiece(std::string_view body, size_t begin, wire::Buffer* raw) {
  const std::string_view piece = body.substr(begin, kMaxInlineBody);
  const bool last = begin + piece.size() == body.size();
  raw->Clear();
  wire::Writer out(raw->Reserve(piece.size() + 4 * wire::kMaxVarint));
  out.Number(record_wire::kPieceBegin, begin);
  out.Bytes(record_wire::kPieceBytes, piece);
  out.Number(record_wire::kPieceLast, last ? 1 : 0);
  raw->CommitTo(out.at());
}

}  // namespace

absl::StatusOr<std::unique_ptr<SegmentWriter>> SegmentWriter::Create(
    FileSystem& files, const Clock& clock, std::string directory, const std::string& name,
    trace::SegmentHeader header, const SegmentWriterOptions& options) {
  header.set_kind(trace::REQUESTS);
  ChunkWriterOptions chunk_options;
  chunk_options.zstd_level = options.zstd_level;
  chunk_options.marker = options.marker;
  ASSIGN_OR_RETURN(std::unique_ptr<ChunkWriter> chunks,
                   ChunkWriter::Create(files, clock, std::move(directory), name, std::move(header),
                                       chunk_options));
  return std::unique_ptr<SegmentWriter>(new SegmentWriter(std::move(chunks)));
}

// The marker is random: as the interning seed it keeps senders from choosing colliding fields.
SegmentWriter::SegmentWriter(std::unique_ptr<ChunkWriter> chunks)
    : chunks_(std::move(chunks)),
      lane_(chunks_->marker()),
      late_lane_(chunks_->marker()),
      responses_(chunks_->marker()),
      next_number_(chunks_->header().first_record_number()) {}

SegmentWriter::~SegmentWriter() = default;

absl::StatusOr<uint64_t> SegmentWriter::Append(const Record& record) {
  RETURN_IF_ERROR(chunks_->status());
  RETURN_IF_ERROR(CheckRecord(record));
  const bool continued = record.body.size() > kMaxInlineBody;
  if (continued) RETURN_IF_ERROR(WriteBody(record));
  const bool late = IsLate(record);
  RecordChunkBuilder* const lane = late ? &late_lane_ : &lane_;
  const ChunkType type = late ? ChunkType::kLateRecords : ChunkType::kRecords;
  const size_t bound = RecordHeadBound(record) + (continued ? 0 : record.body.size());
  if (lane->FullWith(bound)) RETURN_IF_ERROR(WriteLane(type, lane));
  lane->Add(record, next_number_, continued);
  statistics_.Add(record, record.body.size());
  if (lane->Full()) RETURN_IF_ERROR(WriteLane(type, lane));
  return next_number_++;
}

absl::Status SegmentWriter::WriteBody(const Record& record) {
  ChunkRecords records;
  records.first = next_number_;
  for (size_t begin = 0; begin < record.body.size(); begin += kMaxInlineBody) {
    EncodePiece(record.body, begin, &raw_);
    RETURN_IF_ERROR(chunks_->Write(ChunkType::kBody, raw_.view(), records));
  }
  return absl::OkStatus();
}

absl::Status SegmentWriter::WriteLane(ChunkType type, RecordChunkBuilder* lane) {
  if (lane->records() == 0) return absl::OkStatus();
  lane->Build(&raw_);
  const ChunkRecords records{lane->records(), lane->first_number(), lane->min_arrival_nanos(),
                             lane->max_arrival_nanos()};
  lane->Clear();
  return chunks_->Write(type, raw_.view(), records);
}

absl::Status SegmentWriter::AppendResponse(uint64_t record_number, const Response& response) {
  RETURN_IF_ERROR(chunks_->status());
  if (record_number < header().first_record_number() || record_number >= next_number_) {
    return UsageError("a response to record {}, which this segment does not hold", record_number);
  }
  const size_t head = ResponseHeadBound(response);
  if (head > kMaxRecordHead) {
    return UsageError("a response's head of {} bytes is too large: a segment takes {}", head,
                      kMaxRecordHead);
  }
  const size_t bound = head + std::min(response.body.size(), kMaxResponseBody);
  if (responses_.FullWith(bound)) RETURN_IF_ERROR(WriteResponses());
  responses_.Add(record_number, response);
  ++response_count_;
  return responses_.Full() ? WriteResponses() : absl::OkStatus();
}

absl::Status SegmentWriter::WriteResponses() {
  if (responses_.responses() == 0) return absl::OkStatus();
  ChunkRecords records;  // it holds none; the first says to which the responses belong
  records.first = responses_.first_record();
  return chunks_->Write(ChunkType::kResponses, responses_.Take(), records);
}

absl::Status SegmentWriter::Flush() {
  RETURN_IF_ERROR(chunks_->status());
  RETURN_IF_ERROR(WriteLane(ChunkType::kRecords, &lane_));
  RETURN_IF_ERROR(WriteLane(ChunkType::kLateRecords, &late_lane_));
  return WriteResponses();
}

absl::Status SegmentWriter::Sync() {
  RETURN_IF_ERROR(Flush());
  return chunks_->Sync();
}

absl::Status SegmentWriter::Seal(const trace::CaptureLedger& ledger) {
  trace::SegmentFooter footer;
  *footer.mutable_ledger() = ledger;
  return SealWith(std::move(footer));
}

absl::Status SegmentWriter::SealWith(trace::SegmentFooter footer) {
  RETURN_IF_ERROR(Flush());
  *footer.mutable_statistics() = statistics_.statistics();
  footer.mutable_statistics()->set_responses(response_count_);
  return chunks_->Seal(std::move(footer));
}

}  // namespace shadowreel
