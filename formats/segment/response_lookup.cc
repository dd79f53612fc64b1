#include "formats/segment/response_lookup.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace shadowreel {

absl::StatusOr<bool> ResponseLookup::Find(const SegmentReader& segment, uint64_t record_number,
                                          Response* response) {
  const std::vector<ChunkInfo>& chunks = segment.response_chunks();
  if (chunks.empty()) return false;
  std::vector<uint64_t>& last = last_numbers_[&segment];
  last.resize(chunks.size(), kUnknown);
  // Chunks are ordered by their least number; the nearest before is the likeliest.
  const auto after = std::upper_bound(
      chunks.begin(), chunks.end(), record_number,
      [](uint64_t number, const ChunkInfo& chunk) { return number < chunk.first_record; });
  for (size_t i = static_cast<size_t>(after - chunks.begin()); i-- > 0;) {
    if (last[i] < record_number) continue;
    ASSIGN_OR_RETURN(const ResponseChunkView* const view, Load(segment, i));
    last[i] = view->size() == 0 ? 0 : view->number(view->size() - 1);
    if (view->Find(record_number, response)) return true;
  }
  return false;
}

absl::StatusOr<const ResponseChunkView*> ResponseLookup::Load(const SegmentReader& segment,
                                                              size_t chunk) {
  const auto found = std::find_if(recent_.begin(), recent_.end(), [&](const Decoded& decoded) {
    return decoded.segment == &segment && decoded.chunk == chunk;
  });
  if (found != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, found);
    return &recent_.front().view;
  }
  Decoded decoded{&segment, chunk, {}};
  RETURN_IF_ERROR(segment.ReadResponses(segment.response_chunks()[chunk], &decoded.view));
  ++chunks_read_;
  resident_bytes_ += decoded.view.byte_size();
  recent_.push_front(std::move(decoded));
  while (resident_bytes_ > resident_limit_ && recent_.size() > 1) {
    resident_bytes_ -= recent_.back().view.byte_size();
    recent_.pop_back();
  }
  return &recent_.front().view;
}

}  // namespace shadowreel
