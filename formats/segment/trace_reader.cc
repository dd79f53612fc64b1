#include "formats/segment/trace_reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/status.h"

namespace shadowreel {

// A chunk that has not been opened.
struct TraceReader::Waiting {
  int64_t min_arrival_nanos;
  const SegmentReader* segment;
  const ChunkInfo* chunk;
};

// A chunk of which some records have been returned, or may be next.
struct TraceReader::OpenChunk {
  const SegmentReader* segment;
  const ChunkInfo* chunk;
  std::vector<RecordChunkView::Key> order;  // by arrival, then number
  size_t next = 0;                          // into `order`
  std::optional<RecordChunkView> view;      // nothing when its payload was dropped
  size_t view_bytes = 0;

  std::tuple<int64_t, const Uuid&, uint64_t> Rank() const {
    return {order[next].arrival_nanos, segment->recording(), order[next].number};
  }
};

// Makes the standard heap, which has the greatest first, one with the next record first.
struct TraceReader::Later {
  bool operator()(const std::unique_ptr<OpenChunk>& a, const std::unique_ptr<OpenChunk>& b) const {
    return a->Rank() > b->Rank();
  }
};

absl::StatusOr<std::unique_ptr<TraceReader>> TraceReader::Open(
    FileSystem& files, const std::vector<std::string>& segments, size_t resident_bytes) {
  std::vector<std::unique_ptr<SegmentReader>> readers;
  readers.reserve(segments.size());
  for (const std::string& path : segments) {
    ASSIGN_OR_RETURN(std::unique_ptr<SegmentReader> reader, SegmentReader::Open(files, path));
    readers.push_back(std::move(reader));
  }
  std::unique_ptr<TraceReader> trace(new TraceReader(std::move(readers), resident_bytes));
  RETURN_IF_ERROR(trace->CheckDistinct());
  trace->Index();
  return trace;
}

TraceReader::TraceReader(std::vector<std::unique_ptr<SegmentReader>> segments,
                         size_t resident_bytes)
    : segments_(std::move(segments)), resident_limit_(resident_bytes) {}

TraceReader::~TraceReader() = default;

absl::Status TraceReader::CheckDistinct() const {
  std::map<std::string, const SegmentReader*> seen;
  for (const auto& segment : segments_) {
    const auto [found, added] = seen.emplace(segment->header().segment_uuid(), segment.get());
    if (!added) {
      return UsageError("{} and {} are the same segment: name it once", found->second->path(),
                        segment->path());
    }
  }
  return absl::OkStatus();
}

void TraceReader::Index() {
  std::set<std::string> authorities;
  int64_t first = INT64_MAX;
  int64_t last = INT64_MIN;
  for (const auto& segment : segments_) {
    for (const ChunkInfo& chunk : segment->record_chunks()) {
      if (chunk.record_count == 0) continue;
      waiting_.push_back({chunk.min_arrival_nanos, segment.get(), &chunk});
      records_ += chunk.record_count;
      first = std::min(first, chunk.min_arrival_nanos);
      last = std::max(last, chunk.max_arrival_nanos);
    }
    const auto& listed = segment->footer().statistics().authorities();
    authorities.insert(listed.begin(), listed.end());
  }
  std::sort(waiting_.begin(), waiting_.end(), [](const Waiting& a, const Waiting& b) {
    return a.min_arrival_nanos > b.min_arrival_nanos;
  });
  if (records_ > 0) {
    first_arrival_ = WallTime(Nanos(first));
    last_arrival_ = WallTime(Nanos(last));
  }
  authorities_.assign(authorities.begin(), authorities.end());
}

absl::Status TraceReader::OpenDue() {
  // At equality, too: of equal arrivals the recording and the number decide.
  while (!waiting_.empty() && (open_.empty() || waiting_.back().min_arrival_nanos <=
                                                    std::get<0>(open_.front()->Rank()))) {
    auto chunk = std::make_unique<OpenChunk>();
    chunk->segment = waiting_.back().segment;
    chunk->chunk = waiting_.back().chunk;
    RETURN_IF_ERROR(Load(chunk.get()));
    chunk->order = chunk->view->keys();
    std::sort(chunk->order.begin(), chunk->order.end(),
              [](const RecordChunkView::Key& a, const RecordChunkView::Key& b) {
                return std::tie(a.arrival_nanos, a.number) < std::tie(b.arrival_nanos, b.number);
              });
    waiting_.pop_back();
    open_.push_back(std::move(chunk));
    std::push_heap(open_.begin(), open_.end(), Later());
    MakeRoom(nullptr);
  }
  return absl::OkStatus();
}

absl::Status TraceReader::Load(OpenChunk* chunk) {
  ASSIGN_OR_RETURN(chunk->view, chunk->segment->ReadChunk(*chunk->chunk));
  chunk->view_bytes = chunk->view->byte_size();
  resident_bytes_ += chunk->view_bytes;
  return absl::OkStatus();
}

void TraceReader::Unload(OpenChunk* chunk) {
  resident_bytes_ -= std::exchange(chunk->view_bytes, 0);
  chunk->view.reset();
}

void TraceReader::MakeRoom(const OpenChunk* kept) {
  while (resident_bytes_ > resident_limit_) {
    OpenChunk* farthest = nullptr;
    for (const auto& chunk : open_) {
      if (!chunk->view || chunk.get() == kept) continue;
      if (farthest == nullptr || chunk->Rank() > farthest->Rank()) farthest = chunk.get();
    }
    if (farthest == nullptr) return;
    Unload(farthest);
  }
}

absl::StatusOr<bool> TraceReader::Next(Record* record) {
  RETURN_IF_ERROR(OpenDue());
  if (open_.empty()) return false;
  OpenChunk* const chunk = open_.front().get();
  if (!chunk->view) {
    RETURN_IF_ERROR(Load(chunk));
    MakeRoom(chunk);
  }
  const uint32_t index = chunk->order[chunk->next].index;
  RETURN_IF_ERROR(chunk->segment->DecodeRecord(*chunk->view, index, record));
  RETURN_IF_ERROR(chunk->segment->LoadBody(record));
  Advance();
  return true;
}

void TraceReader::Advance() {
  std::pop_heap(open_.begin(), open_.end(), Later());
  OpenChunk* const chunk = open_.back().get();
  if (++chunk->next < chunk->order.size()) {
    std::push_heap(open_.begin(), open_.end(), Later());
    return;
  }
  Unload(chunk);
  open_.pop_back();
}

size_t TraceReader::resident_chunks() const {
  return static_cast<size_t>(std::count_if(
      open_.begin(), open_.end(), [](const auto& chunk) { return chunk->view.has_value(); }));
}

}  // namespace shadowreel
