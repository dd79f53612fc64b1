#include "formats/reel/recording_access.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "formats/reel/interrupt.h"

namespace shadowreel {
namespace {

constexpr size_t kKeptBody = size_t{1} << 20;  // a longer one's memory must not outlive it

void WarnOfLosses(const RecoveryReport& report, Notices& notices) {
  if (report.Clean() || report.mode == RecoveryMode::kStrict) return;
  const std::string lost = LossText(report);
  notices.Warn(fmt::format("{}: {}{}", report.path,
                           report.sealed ? "damaged" : "not sealed (cut, or its writer died)",
                           lost.empty() ? "; no record is lost" : "; passed over: " + lost));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TraceReader>> OpenTrace(FileSystem& files,
                                                       const std::vector<std::string>& paths,
                                                       RecoveryMode mode, Notices& notices) {
  std::vector<std::string> unsealed;
  ASSIGN_OR_RETURN(const std::vector<std::string> segments,
                   ListSegments(files, paths, &unsealed, mode));
  for (const std::string& path : unsealed) {
    notices.Warn(
        fmt::format("left out {}: not sealed; a recorder is writing it or was killed "
                    "(--recovery=tail reads it)",
                    path));
  }
  ASSIGN_OR_RETURN(auto trace, TraceReader::Open(files, segments, mode));
  for (const std::string& line : trace->unreadable()) notices.Warn("left out " + line);
  for (const auto& segment : trace->segments()) WarnOfLosses(segment->report(), notices);
  return trace;
}

absl::Status ForEachRecord(
    const SegmentReader& segment, uint32_t segment_index,
    const std::function<absl::Status(const RecordPlace& place, Record& record)>& visit) {
  Record record;
  for (uint32_t chunk = 0; chunk < segment.record_chunks().size(); ++chunk) {
    ASSIGN_OR_RETURN(const RecordChunkView view, segment.ReadChunk(segment.record_chunks()[chunk]));
    for (uint32_t row = 0; row < view.size(); ++row) {
      RETURN_IF_ERROR(CheckInterrupt());
      if (segment.LeavesOut(view, row)) continue;
      RETURN_IF_ERROR(segment.DecodeRecord(view, row, &record));
      RETURN_IF_ERROR(segment.LoadBody(&record));
      RETURN_IF_ERROR(visit({segment_index, chunk, row}, record));
      if (record.body.capacity() > kKeptBody) std::string().swap(record.body);
    }
  }
  return absl::OkStatus();
}

absl::Status RecordLookup::Open(const RecordPlace& place) {
  const SegmentReader& segment = *trace_.segments()[place.segment];
  CHECK(place.chunk < segment.record_chunks().size());
  ASSIGN_OR_RETURN(RecordChunkView view, segment.ReadChunk(segment.record_chunks()[place.chunk]));
  recent_bytes_ += view.byte_size();
  recent_.push_front({place.segment, place.chunk, std::move(view)});
  while (recent_.size() > 1 && recent_bytes_ > kept_bytes_) {
    recent_bytes_ -= recent_.back().view.byte_size();
    recent_.pop_back();
  }
  return absl::OkStatus();
}

absl::StatusOr<Record> RecordLookup::Load(const RecordPlace& place) {
  RETURN_IF_ERROR(CheckInterrupt());
  CHECK(place.segment < trace_.segments().size());
  const auto found = std::find_if(recent_.begin(), recent_.end(), [&](const OpenChunk& open) {
    return open.segment == place.segment && open.chunk == place.chunk;
  });
  if (found == recent_.end()) {
    RETURN_IF_ERROR(Open(place));
  } else {
    recent_.splice(recent_.begin(), recent_, found);
  }
  const SegmentReader& segment = *trace_.segments()[place.segment];
  if (place.row >= recent_.front().view.size()) {
    return DamageError("{}: changed while it was read", segment.path());
  }
  Record record;
  RETURN_IF_ERROR(segment.DecodeRecord(recent_.front().view, place.row, &record));
  RETURN_IF_ERROR(segment.LoadBody(&record));
  return record;
}

}  // namespace shadowreel
