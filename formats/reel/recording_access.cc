#include "formats/reel/recording_access.h"

#include <algorithm>

#include "base/check.h"
#include "base/status.h"

namespace shadowreel {
namespace {

constexpr size_t kDecodedChunks = 16;

}  // namespace

absl::StatusOr<std::unique_ptr<TraceReader>> OpenTrace(FileSystem& files,
                                                       const std::vector<std::string>& paths,
                                                       Notices& notices) {
  std::vector<std::string> unsealed;
  ASSIGN_OR_RETURN(const std::vector<std::string> segments, ListSegments(files, paths, &unsealed));
  for (const std::string& path : unsealed) {
    notices.Warn(
        fmt::format("left out {}: not sealed; a recorder is writing it or was killed", path));
  }
  return TraceReader::Open(files, segments);
}

absl::Status ForEachRecord(
    const SegmentReader& segment, uint32_t segment_index,
    const std::function<absl::Status(const RecordPlace& place, Record& record)>& visit) {
  std::vector<Record> records;
  for (uint32_t chunk = 0; chunk < segment.record_chunks().size(); ++chunk) {
    records.clear();
    RETURN_IF_ERROR(segment.ReadRecords(segment.record_chunks()[chunk], &records));
    for (uint32_t row = 0; row < records.size(); ++row) {
      RETURN_IF_ERROR(segment.LoadBody(&records[row]));
      RETURN_IF_ERROR(visit({segment_index, chunk, row}, records[row]));
      records[row].body = std::string();  // a long body must not wait for its chunk's end
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Record> RecordLookup::Load(const RecordPlace& place) {
  CHECK(place.segment < trace_.segments().size());
  const SegmentReader& segment = *trace_.segments()[place.segment];
  auto found = std::find_if(recent_.begin(), recent_.end(), [&](const DecodedChunk& decoded) {
    return decoded.segment == place.segment && decoded.chunk == place.chunk;
  });
  if (found == recent_.end()) {
    CHECK(place.chunk < segment.record_chunks().size());
    DecodedChunk decoded{place.segment, place.chunk, {}};
    RETURN_IF_ERROR(segment.ReadRecords(segment.record_chunks()[place.chunk], &decoded.records));
    if (recent_.size() == kDecodedChunks) recent_.pop_back();
    recent_.push_front(std::move(decoded));
  } else {
    recent_.splice(recent_.begin(), recent_, found);
  }
  if (place.row >= recent_.front().records.size()) {
    return DamageError("{}: changed while it was read", segment.path());
  }
  Record record = recent_.front().records[place.row];
  RETURN_IF_ERROR(segment.LoadBody(&record));
  return record;
}

}  // namespace shadowreel
