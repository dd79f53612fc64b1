#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "formats/segment/chunk_header.h"
#include "formats/segment/chunk_reader.h"
#include "formats/segment/record_chunk_view.h"
#include "formats/segment/recovery_report.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// Which records of a scanned segment can be read, and which are lost.
struct Survey {
  // A record, by its chunk's offset and its index there: in a file that is nonsense two may have
  // one number.
  using Place = std::pair<uint64_t, uint32_t>;

  std::vector<ChunkInfo> record_chunks;    // those of which a record can be read, in file order
  std::vector<Place> left_out;             // of records in them that cannot, ascending
  std::vector<uint64_t> with_body_chunks;  // readable records whose bodies are continued, ascending
  std::vector<ChunkInfo> response_chunks;  // those that can be read, in file order
  std::vector<NumberRange> readable;       // records, where there are responses; ascending
  uint64_t limit = UINT64_MAX;             // numbers from here on are left out; this: none
  trace::Statistics statistics;            // of the readable records and chunks.chunks()
  RecoveryReport report;                   // complete

  bool OverLimit(uint64_t number) const { return limit != UINT64_MAX && number >= limit; }
  bool LeavesOut(uint64_t chunk_offset, const RecordChunkView::Key& key) const;
  bool KeepsBodyOf(uint64_t number) const;
  bool KeepsResponseTo(uint64_t number) const;
};

// Decodes every record of every chunk, one at a time, and looks at every body piece and response. A
// record is lost when its chunk does not decompress, when it does not decode, or when its body is
// not whole. Errors: the file cannot be read.
absl::StatusOr<Survey> SurveyRecords(const ChunkReader& chunks, uint64_t limit);

}  // namespace shadowreel
