#include "formats/segment/survey.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/status.h"
#include "formats/segment/number_ranges.h"
#include "formats/segment/record_chunk_view.h"
#include "formats/segment/response_codec.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/statistics.h"

namespace shadowreel {
namespace {

bool HoldsRecords(const ChunkInfo& chunk) {
  return chunk.type == ChunkType::kRecords || chunk.type == ChunkType::kLateRecords;
}

uint64_t After(uint64_t number) { return number == UINT64_MAX ? number : number + 1; }

class Surveyor {
 public:
  Surveyor(const ChunkReader& chunks, uint64_t limit) : chunks_(chunks) {
    survey_.limit = limit;
    survey_.report = chunks.report();
    next_ = chunks.header().first_record_number();
  }

  absl::StatusOr<Survey> Run() {
    ListBodies();
    for (const ChunkInfo& chunk : chunks_.chunks()) {
      if (HoldsRecords(chunk)) RETURN_IF_ERROR(LookAt(chunk));
    }
    // Only now: a response may stand before its record.
    for (const ChunkInfo& chunk : chunks_.chunks()) {
      if (chunk.type == ChunkType::kResponses) RETURN_IF_ERROR(LookAtResponses(chunk));
    }
    Finish();
    return std::move(survey_);
  }

 private:
  void ListBodies();
  absl::Status LookAt(const ChunkInfo& chunk);
  absl::Status LookAtRecord(const RecordChunkView& view, size_t index, bool* kept);
  absl::Status LookAtResponses(const ChunkInfo& chunk);
  // Whether the pieces of a record's body join up to `continued` bytes.
  absl::StatusOr<bool> BodyIsWhole(const Record& record, uint64_t continued);
  absl::Status AddPiece(const ChunkInfo& chunk, uint64_t* size, bool* last, bool* sound);
  void AddDamage(const ChunkInfo& chunk);
  void CountLost();
  void Finish();

  const ChunkReader& chunks_;
  Survey survey_;
  std::vector<ChunkInfo> bodies_;  // by record number, then offset
  NumberRanges held_{SIZE_MAX};
  StatisticsCounter counter_;
  uint64_t responses_ = 0;  // to readable records
  uint64_t next_;
  Record record_;    // reused
  std::string raw_;  // of a body piece or responses
};

void Surveyor::ListBodies() {
  for (const ChunkInfo& chunk : chunks_.chunks()) {
    if (chunk.type != ChunkType::kBody) continue;
    bodies_.push_back(chunk);
    // Its record has been numbered, whether or not that was written.
    next_ = std::max(next_, After(chunk.first_record));
  }
  std::stable_sort(bodies_.begin(), bodies_.end(), [](const ChunkInfo& a, const ChunkInfo& b) {
    return a.first_record < b.first_record;
  });
}

absl::Status Surveyor::LookAt(const ChunkInfo& chunk) {
  std::string raw;
  const absl::Status read = chunks_.ReadPayload(chunk, &raw);
  if (!read.ok() && !absl::IsDataLoss(read)) return read;
  RecordChunkView view;
  if (!read.ok() || !view.Parse(std::move(raw), chunk).empty()) {
    AddDamage(chunk);
    return absl::OkStatus();
  }
  bool any = false;
  for (size_t index = 0; index < view.size(); ++index) {
    const uint64_t number = view.keys()[index].number;
    next_ = std::max(next_, After(number));
    if (survey_.OverLimit(number)) {
      ++survey_.report.duplicates;
      continue;
    }
    bool kept = false;
    RETURN_IF_ERROR(LookAtRecord(view, index, &kept));
    if (kept) {
      any = true;
      held_.Add(number);
    } else {
      survey_.left_out.emplace_back(chunk.offset, index);
      survey_.report.lost_in_middle = true;
    }
  }
  if (any) survey_.record_chunks.push_back(chunk);
  return absl::OkStatus();
}

absl::Status Surveyor::LookAtRecord(const RecordChunkView& view, size_t index, bool* kept) {
  uint64_t continued = 0;
  if (!view.Decode(index, &record_, &continued).empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(*kept, BodyIsWhole(record_, continued));
  if (!*kept) return absl::OkStatus();
  if (continued > 0) survey_.with_body_chunks.push_back(record_.number);
  counter_.Add(record_, continued > 0 ? continued : record_.body.size());
  return absl::OkStatus();
}

absl::StatusOr<bool> Surveyor::BodyIsWhole(const Record& record, uint64_t continued) {
  const auto begin = std::lower_bound(
      bodies_.begin(), bodies_.end(), record.number,
      [](const ChunkInfo& chunk, uint64_t number) { return chunk.first_record < number; });
  uint64_t size = 0;
  bool last = false;
  for (auto piece = begin; piece != bodies_.end() && piece->first_record == record.number;
       ++piece) {
    bool sound = !last;
    RETURN_IF_ERROR(AddPiece(*piece, &size, &last, &sound));
    if (!sound) return false;
  }
  return size == continued && (continued == 0 || last);
}

absl::Status Surveyor::AddPiece(const ChunkInfo& chunk, uint64_t* size, bool* last, bool* sound) {
  const absl::Status read = chunks_.ReadPayload(chunk, &raw_);
  if (!read.ok() && !absl::IsDataLoss(read)) return read;
  trace::BodyPiece piece;
  *sound = *sound && read.ok() && piece.ParseFromString(raw_) && piece.begin() == *size &&
           !piece.bytes().empty() && piece.bytes().size() <= kMaxBody - *size;
  if (!*sound) return absl::OkStatus();
  *size += piece.bytes().size();
  *last = piece.last();
  return absl::OkStatus();
}

absl::Status Surveyor::LookAtResponses(const ChunkInfo& chunk) {
  if (survey_.readable.empty()) survey_.readable = held_.Ranges();
  const absl::Status read = chunks_.ReadPayload(chunk, &raw_);
  if (!read.ok() && !absl::IsDataLoss(read)) return read;
  ResponseChunkView view;
  if (!read.ok() || !view.Parse(raw_, chunk).empty()) {
    AddDamage(chunk);
    return absl::OkStatus();
  }
  for (size_t index = 0; index < view.size(); ++index) {
    responses_ += survey_.KeepsResponseTo(view.number(index)) ? 1 : 0;
  }
  survey_.response_chunks.push_back(chunk);
  return absl::OkStatus();
}

// A chunk whose bytes are sound but hold nonsense.
void Surveyor::AddDamage(const ChunkInfo& chunk) {
  RecoveryReport& report = survey_.report;
  report.damaged.push_back({chunk.offset, chunk.end()});
  report.damaged_bytes += chunk.end() - chunk.offset;
  report.lost_in_middle = true;
}

void Surveyor::CountLost() {
  RecoveryReport& report = survey_.report;
  const uint64_t first = chunks_.header().first_record_number();
  const trace::SegmentRecovery& before = chunks_.footer().recovery();
  if (chunks_.had_records()) {
    const uint64_t had = *chunks_.had_records();
    next_ = std::max(next_, had > UINT64_MAX - first ? UINT64_MAX : first + had);
    next_ = std::max(next_, before.next_record_number());
  }
  report.next_record_number = next_;
  const bool as_sealed =
      report.sealed && report.footer_intact && report.damaged.empty() && survey_.left_out.empty();
  if (as_sealed) return;  // then a missing number is none that this file ever held
  report.lost_records = held_.Missing(first, std::min(next_, survey_.limit), &report.lost);
  const bool unknown = !report.footer_intact && (report.lost_in_middle || report.torn_bytes > 0);
  if (unknown && next_ < survey_.limit) report.lost_from = next_;
}

void Surveyor::Finish() {
  RecoveryReport& report = survey_.report;
  std::sort(report.damaged.begin(), report.damaged.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.begin < b.begin; });
  std::sort(survey_.left_out.begin(), survey_.left_out.end());
  std::sort(survey_.with_body_chunks.begin(), survey_.with_body_chunks.end());
  CountLost();
  survey_.statistics = counter_.statistics();
  survey_.statistics.set_responses(responses_);
  report.records = survey_.statistics.records();
  uint64_t raw_bytes = 0;
  uint64_t stored_bytes = 0;
  for (const ChunkInfo& chunk : chunks_.chunks()) {
    raw_bytes += chunk.raw_length;
    stored_bytes += chunk.stored_length;
  }
  survey_.statistics.set_raw_bytes(raw_bytes);
  survey_.statistics.set_stored_bytes(stored_bytes);
}

}  // namespace

bool Survey::LeavesOut(uint64_t chunk_offset, const RecordChunkView::Key& key) const {
  return OverLimit(key.number) ||
         std::binary_search(left_out.begin(), left_out.end(), Place(chunk_offset, key.index));
}

bool Survey::KeepsBodyOf(uint64_t number) const {
  return std::binary_search(with_body_chunks.begin(), with_body_chunks.end(), number);
}

bool Survey::KeepsResponseTo(uint64_t number) const {
  const auto after = std::upper_bound(
      readable.begin(), readable.end(), number,
      [](uint64_t value, const NumberRange& range) { return value < range.first; });
  return after != readable.begin() && std::prev(after)->last >= number;
}

absl::StatusOr<Survey> SurveyRecords(const ChunkReader& chunks, uint64_t limit) {
  return Surveyor(chunks, limit).Run();
}

}  // namespace shadowreel
