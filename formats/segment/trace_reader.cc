#include "formats/segment/trace_reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "formats/segment/segment_files.h"

namespace shadowreel {

namespace {

// Opens anew, with its limit, each unsealed segment that holds records which a later segment of
// its recording holds again.
absl::Status LeaveOutRepeated(FileSystem& files,
                              std::vector<std::unique_ptr<SegmentReader>>* readers) {
  std::vector<const trace::SegmentHeader*> headers;
  for (const auto& reader : *readers) headers.push_back(&reader->header());
  for (auto& reader : *readers) {
    const RecoveryReport& report = reader->report();
    if (report.sealed) continue;
    const uint64_t limit = RecoveryLimit(reader->header(), headers);
    if (report.next_record_number <= limit) continue;
    ASSIGN_OR_RETURN(auto limited, SegmentReader::Open(files, reader->path(), report.mode, limit));
    headers[static_cast<size_t>(&reader - readers->data())] = &limited->header();
    reader = std::move(limited);
  }
  return absl::OkStatus();
}

}  // namespace

// A chunk that has not been opened.
struct TraceReader::Waiting {
  int64_t min_arrival_nanos;
  const SegmentReader* segment;
  const ChunkInfo* chunk;
};

// A chunk's payload and the order of its records.
struct TraceReader::Payload {
  RecordChunkView view;
  std::vector<uint32_t> order;  // indexes into the view, by arrival, then number

  size_t byte_size() const {
    return view.byte_size() + order.capacity() * sizeof(decltype(order)::value_type);
  }
};

// A chunk of which some records have been returned, or may be next. Little is kept of one whose
// payload was dropped, since there may be as many as there are chunks.
struct TraceReader::OpenChunk {
  const SegmentReader* segment;
  const ChunkInfo* chunk;
  uint32_t returned = 0;  // records
  // The next record.
  int64_t arrival_nanos = 0;
  uint64_t number = 0;
  std::unique_ptr<Payload> payload{};  // nothing when it was dropped

  std::tuple<int64_t, const Uuid&, uint64_t> Rank() const {
    return {arrival_nanos, segment->recording(), number};
  }
  const RecordChunkView::Key& Next() const {
    return payload->view.keys()[payload->order[returned]];
  }
  void TakeRank() {
    arrival_nanos = Next().arrival_nanos;
    number = Next().number;
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
  return Open(files, segments, RecoveryMode::kStrict, resident_bytes);
}

absl::StatusOr<std::unique_ptr<TraceReader>> TraceReader::Open(
    FileSystem& files, const std::vector<std::string>& segments, RecoveryMode mode,
    size_t resident_bytes) {
  std::vector<std::unique_ptr<SegmentReader>> readers;
  std::vector<std::string> unreadable;
  readers.reserve(segments.size());
  for (const std::string& path : segments) {
    absl::StatusOr<std::unique_ptr<SegmentReader>> reader = SegmentReader::Open(files, path, mode);
    if (mode == RecoveryMode::kSalvage && segments.size() > 1 &&
        absl::IsDataLoss(reader.status())) {
      unreadable.push_back(Message(reader.status()));
      continue;
    }
    RETURN_IF_ERROR(reader.status());
    readers.push_back(*std::move(reader));
  }
  if (readers.empty() && !unreadable.empty()) return DamageError("{}", unreadable.front());
  RETURN_IF_ERROR(LeaveOutRepeated(files, &readers));
  std::unique_ptr<TraceReader> trace(new TraceReader(std::move(readers), resident_bytes));
  trace->unreadable_ = std::move(unreadable);
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
      first = std::min(first, chunk.min_arrival_nanos);
      last = std::max(last, chunk.max_arrival_nanos);
    }
    records_ += segment->records();
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

uint64_t TraceReader::SkipBefore(WallTime time) {
  uint64_t skipped = 0;
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    if (WallTime(Nanos(waiting.chunk->max_arrival_nanos)) >= time) return false;
    if (!waiting.segment->report().Clean()) return false;
    skipped += waiting.chunk->record_count;
    return true;
  });
  return skipped;
}

absl::Status TraceReader::OpenDue() {
  // At equality, too: of equal arrivals the recording and the number decide.
  while (!waiting_.empty() && (open_.empty() || waiting_.back().min_arrival_nanos <=
                                                    std::get<0>(open_.front()->Rank()))) {
    auto chunk = std::make_unique<OpenChunk>();
    chunk->segment = waiting_.back().segment;
    chunk->chunk = waiting_.back().chunk;
    RETURN_IF_ERROR(Load(chunk.get()));
    chunk->TakeRank();
    waiting_.pop_back();
    open_.push_back(std::move(chunk));
    std::push_heap(open_.begin(), open_.end(), Later());
    MakeRoom(nullptr);
  }
  return absl::OkStatus();
}

absl::Status TraceReader::Load(OpenChunk* chunk) {
  auto payload = std::make_unique<Payload>();
  ASSIGN_OR_RETURN(payload->view, chunk->segment->ReadChunk(*chunk->chunk));
  const std::vector<RecordChunkView::Key>& keys = payload->view.keys();
  payload->order.reserve(keys.size());
  for (const RecordChunkView::Key& key : keys) {
    if (!chunk->segment->LeavesOut(payload->view, key.index)) payload->order.push_back(key.index);
  }
  const auto earlier = [&](uint32_t a, uint32_t b) {
    return std::tie(keys[a].arrival_nanos, keys[a].number) <
           std::tie(keys[b].arrival_nanos, keys[b].number);
  };
  if (!std::is_sorted(payload->order.begin(), payload->order.end(), earlier)) {
    std::sort(payload->order.begin(), payload->order.end(), earlier);
  }
  resident_bytes_ += payload->byte_size();
  peak_resident_bytes_ = std::max(peak_resident_bytes_, resident_bytes_);
  chunk->payload = std::move(payload);
  return absl::OkStatus();
}

void TraceReader::Unload(OpenChunk* chunk) {
  if (!chunk->payload) return;
  resident_bytes_ -= chunk->payload->byte_size();
  chunk->payload.reset();
}

void TraceReader::MakeRoom(const OpenChunk* kept) {
  while (resident_bytes_ > resident_limit_) {
    OpenChunk* farthest = nullptr;
    for (const auto& chunk : open_) {
      if (!chunk->payload || chunk.get() == kept) continue;
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
  if (!chunk->payload) {
    RETURN_IF_ERROR(Load(chunk));
    MakeRoom(chunk);
  }
  RETURN_IF_ERROR(chunk->segment->DecodeRecord(chunk->payload->view, chunk->Next().index, record));
  RETURN_IF_ERROR(chunk->segment->LoadBody(record));
  returned_segment_ = chunk->segment;
  returned_number_ = record->number;
  Advance();
  return true;
}

absl::StatusOr<bool> TraceReader::ReadResponse(Response* response) {
  if (returned_segment_ == nullptr) return false;
  return responses_.Find(*returned_segment_, returned_number_, response);
}

void TraceReader::Advance() {
  std::pop_heap(open_.begin(), open_.end(), Later());
  OpenChunk* const chunk = open_.back().get();
  if (++chunk->returned < chunk->payload->order.size()) {
    chunk->TakeRank();
    std::push_heap(open_.begin(), open_.end(), Later());
    return;
  }
  Unload(chunk);
  open_.pop_back();
}

size_t TraceReader::resident_chunks() const {
  return static_cast<size_t>(std::count_if(
      open_.begin(), open_.end(), [](const auto& chunk) { return chunk->payload != nullptr; }));
}

}  // namespace shadowreel
