#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "formats/record.h"
#include "formats/reel/notices.h"
#include "formats/segment/record_chunk_view.h"
#include "formats/segment/recovery_report.h"
#include "formats/segment/segment_reader.h"
#include "formats/segment/trace_reader.h"

namespace shadowreel {

// Opens the segments that `paths` name as one trace. Warns of all that is passed over: by kStrict
// unsealed segments, which the other modes read.
absl::StatusOr<std::unique_ptr<TraceReader>> OpenTrace(FileSystem& files,
                                                       const std::vector<std::string>& paths,
                                                       RecoveryMode mode, Notices& notices);

// Where a record stands among the segments of a trace.
struct RecordPlace {
  uint32_t segment = 0;
  uint32_t chunk = 0;  // index into record_chunks()
  uint32_t row = 0;    // in the chunk

  // Stored order.
  friend auto operator<=>(const RecordPlace&, const RecordPlace&) = default;
};

// Calls `visit` for every record of a segment in stored order, body included, until one is not
// OK or an interrupt comes (kCancelled). `place.segment` is what is passed. Holds one chunk and one
// record, which `visit` may change.
absl::Status ForEachRecord(
    const SegmentReader& segment, uint32_t segment_index,
    const std::function<absl::Status(const RecordPlace& place, Record& record)>& visit);

// Fetches single records; keeps the last chunks decompressed, so that places near each other are
// cheap. `trace` must outlive it. Not thread-safe.
class RecordLookup {
 public:
  // `kept_bytes`: of chunks; the last one is kept whatever its size.
  RecordLookup(const TraceReader& trace, size_t kept_bytes)
      : trace_(trace), kept_bytes_(kept_bytes) {}
  absl::StatusOr<Record> Load(const RecordPlace& place);

 private:
  struct OpenChunk {
    uint32_t segment;
    uint32_t chunk;
    RecordChunkView view;
  };

  absl::Status Open(const RecordPlace& place);

  const TraceReader& trace_;
  const size_t kept_bytes_;
  std::list<OpenChunk> recent_;  // last used first
  size_t recent_bytes_ = 0;
};

}  // namespace shadowreel
