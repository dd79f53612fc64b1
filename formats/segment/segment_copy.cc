#include "formats/segment/segment_copy.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "formats/trace.pb.h"

namespace shadowreel {
namespace {

class Copier {
 public:
  Copier(const SegmentReader& segment, ChunkWriter* writer)
      : segment_(segment), writer_(writer), next_record_chunk_(segment.record_chunks().begin()) {}

  absl::Status Run() {
    for (const ChunkInfo& chunk : segment_.chunks()) RETURN_IF_ERROR(CopyOne(chunk));
    return absl::OkStatus();
  }

 private:
  absl::Status CopyOne(const ChunkInfo& chunk);
  absl::Status CopyRecords(const ChunkInfo& chunk);
  absl::Status CopyResponses(const ChunkInfo& chunk);
  absl::Status CopyStored(const ChunkInfo& chunk);
  absl::Status Rebuild(const ChunkInfo& chunk, const RecordChunkView& view);

  const SegmentReader& segment_;
  ChunkWriter* const writer_;
  std::vector<ChunkInfo>::const_iterator next_record_chunk_;
  std::string bytes_;  // reused
};

absl::Status Copier::CopyOne(const ChunkInfo& chunk) {
  switch (chunk.type) {
    case ChunkType::kHeader:
    case ChunkType::kFooter:
      return absl::OkStatus();
    case ChunkType::kBody:
      return segment_.KeepsBodyOf(chunk.first_record) ? CopyStored(chunk) : absl::OkStatus();
    case ChunkType::kRecords:
    case ChunkType::kLateRecords:
      // Both lists are in file order.
      if (next_record_chunk_ == segment_.record_chunks().end() || *next_record_chunk_ != chunk) {
        return absl::OkStatus();
      }
      ++next_record_chunk_;
      return CopyRecords(chunk);
    case ChunkType::kResponses:
      return CopyResponses(chunk);
    default:
      return CopyStored(chunk);
  }
}

absl::Status Copier::CopyRecords(const ChunkInfo& chunk) {
  const RecoveryReport& report = segment_.report();
  // Only then does a chunk hold a record that is not read.
  if (report.duplicates == 0 && !report.lost_in_middle) return CopyStored(chunk);
  ASSIGN_OR_RETURN(const RecordChunkView view, segment_.ReadChunk(chunk));
  const bool whole = std::none_of(view.keys().begin(), view.keys().end(), [&](const auto& key) {
    return segment_.LeavesOut(view, key.index);
  });
  return whole ? CopyStored(chunk) : Rebuild(chunk, view);
}

// Without those whose records are lost: they would say nothing.
absl::Status Copier::CopyResponses(const ChunkInfo& chunk) {
  if (!segment_.container().scanned()) return CopyStored(chunk);
  const std::vector<ChunkInfo>& readable = segment_.response_chunks();
  if (std::find(readable.begin(), readable.end(), chunk) == readable.end()) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(segment_.container().ReadPayload(chunk, &bytes_));
  trace::ResponseChunk message;
  if (!message.ParseFromString(bytes_)) {
    return segment_.container().Damaged(chunk.offset, "its content does not decode");
  }
  auto& responses = *message.mutable_responses();
  const auto kept =
      std::remove_if(responses.begin(), responses.end(), [&](const trace::Response& response) {
        return !segment_.KeepsResponseTo(response.record_number());
      });
  if (kept == responses.end()) return CopyStored(chunk);
  responses.erase(kept, responses.end());
  if (responses.empty()) return absl::OkStatus();
  ChunkRecords records;
  records.first = responses.begin()->record_number();
  return writer_->Write(chunk.type, message.SerializeAsString(), records);
}

absl::Status Copier::CopyStored(const ChunkInfo& chunk) {
  ChunkHeader header;
  RETURN_IF_ERROR(segment_.container().ReadStored(chunk, &header, &bytes_));
  return writer_->Copy(header, bytes_);
}

// By message objects: so fields that this version does not know stay.
absl::Status Copier::Rebuild(const ChunkInfo& chunk, const RecordChunkView& view) {
  RETURN_IF_ERROR(segment_.container().ReadPayload(chunk, &bytes_));
  trace::RecordChunk message;
  if (!message.ParseFromString(bytes_) ||
      static_cast<size_t>(message.records_size()) != view.size()) {
    return segment_.container().Damaged(chunk.offset, "its content does not decode");
  }
  ChunkRecords kept;
  int next = 0;
  for (const RecordChunkView::Key& key : view.keys()) {
    if (segment_.LeavesOut(view, key.index)) continue;
    const bool first = kept.count == 0;
    if (first) kept.first = key.number;
    kept.min_arrival_nanos =
        first ? key.arrival_nanos : std::min(kept.min_arrival_nanos, key.arrival_nanos);
    kept.max_arrival_nanos =
        first ? key.arrival_nanos : std::max(kept.max_arrival_nanos, key.arrival_nanos);
    message.mutable_records()->SwapElements(next, static_cast<int>(key.index));
    message.mutable_records(next)->set_numbers_skipped(key.number - kept.first - kept.count);
    ++next;
    ++kept.count;
  }
  CHECK(next > 0);
  message.mutable_records()->DeleteSubrange(next, message.records_size() - next);
  return writer_->Write(chunk.type, message.SerializeAsString(), kept);
}

}  // namespace

absl::Status CopyReadable(const SegmentReader& segment, ChunkWriter* writer) {
  return Copier(segment, writer).Run();
}

}  // namespace shadowreel
