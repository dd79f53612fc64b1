#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <vector>

#include "formats/response.h"
#include "formats/segment/response_codec.h"
#include "formats/segment/segment_reader.h"

namespace shadowreel {

// Finds responses by the numbers of their records, in any number of segments, which must outlive
// it. Reads nothing before the first is asked for. Keeps the chunks last used decoded, at most
// `resident_bytes` of them and at least one; records asked for nearly in order cost one reading of
// each chunk. 16 bytes a response chunk come on top. Not thread-safe.
class ResponseLookup {
 public:
  static constexpr size_t kResidentBytes = size_t{64} << 20;

  explicit ResponseLookup(size_t resident_bytes = kResidentBytes)
      : resident_limit_(resident_bytes) {}

  // False when the record has none.
  absl::StatusOr<bool> Find(const SegmentReader& segment, uint64_t record_number,
                            Response* response);

  size_t chunks_read() const { return chunks_read_; }

 private:
  struct Decoded {
    const SegmentReader* segment;
    size_t chunk;  // index into response_chunks()
    ResponseChunkView view;
  };
  static constexpr uint64_t kUnknown = UINT64_MAX;

  absl::StatusOr<const ResponseChunkView*> Load(const SegmentReader& segment, size_t chunk);

  const size_t resident_limit_;
  size_t resident_bytes_ = 0;
  size_t chunks_read_ = 0;
  std::list<Decoded> recent_;  // last used first
  // The greatest record number of each response chunk, once it has been read; headers give only
  // the least.
  std::map<const SegmentReader*, std::vector<uint64_t>> last_numbers_;
};

}  // namespace shadowreel
