#include "replayer/measure/outcome_writer.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "base/bounded_queue.h"
#include "base/status.h"
#include "formats/segment/chunk_writer.h"
#include "formats/segment/segment_format.h"
#include "formats/trace.pb.h"
#include "replayer/measure/outcome_batch.h"

namespace shadowreel {
namespace {

constexpr size_t kBatchOutcomes = kChunkRecords;
// Keeps a chunk far below kMaxRawLength, whatever its texts.
constexpr size_t kBatchTextBytes = kChunkRawBytes;
constexpr size_t kTextBytes = size_t{64} << 10;  // longer ones are cut

ChunkRecords DescribeBatch(const OutcomeBatch& batch, uint64_t first, WallTime run_start) {
  Nanos earliest = Nanos::max();
  Nanos latest = Nanos::min();
  for (const OutcomeBatch::Entry& entry : batch.entries) {
    earliest = std::min(earliest, entry.outcome.intended);
    latest = std::max(latest, entry.outcome.intended);
  }
  return {.count = static_cast<uint32_t>(batch.entries.size()),
          .first = first,
          .min_arrival_nanos = (run_start + earliest).time_since_epoch().count(),
          .max_arrival_nanos = (run_start + latest).time_since_epoch().count()};
}

trace::SegmentHeader HeaderFor(const OutcomeOrigin& origin) {
  trace::SegmentHeader header;
  header.set_kind(trace::OUTCOMES);
  header.set_sequence(1);
  header.mutable_lineage()->set_made_by(origin.made_by);
  for (const Uuid& recording : origin.recordings) {
    header.mutable_lineage()->add_parent_recording_uuids(recording.data(), recording.size());
  }
  return header;
}

}  // namespace

// The pacing thread fills `batch_` and `lost_`; the writing thread owns what follows `queue_`
// until it has been joined.
class OutcomeWriter::Impl {
 public:
  Impl(std::unique_ptr<ChunkWriter> writer, WallTime run_start)
      : run_start_(run_start),
        queue_({.bytes = kQueueBytes, .items = 4096}),
        writer_(std::move(writer)),
        thread_([this] { WriteBatches(); }) {}

  ~Impl() { Join(); }

  void Add(const Outcome& outcome, std::string_view endpoint, std::string_view error) {
    batch_.Add(outcome, endpoint.substr(0, kTextBytes), error.substr(0, kTextBytes));
    if (batch_.entries.size() >= kBatchOutcomes || batch_.texts.size() >= kBatchTextBytes) {
      HandOver();
    }
  }

  absl::Status Seal(const std::string& plan_digest) {
    HandOver();
    Join();
    RETURN_IF_ERROR(first_error_);
    trace::SegmentFooter footer;
    footer.mutable_statistics()->set_records(written_);
    footer.set_plan_digest(plan_digest);
    RETURN_IF_ERROR(writer_->Seal(std::move(footer)));
    if (lost_ == 0) return absl::OkStatus();
    return UnusableError("{}: the disk was too slow, {} outcomes are missing", writer_->path(),
                         lost_);
  }

 private:
  void HandOver() {
    if (batch_.entries.empty()) return;
    const size_t count = batch_.entries.size();
    const size_t bytes = batch_.bytes();
    if (!queue_.TryPush(std::move(batch_), bytes)) lost_ += count;
    batch_ = OutcomeBatch();
    batch_.entries.reserve(kBatchOutcomes);
  }

  void Join() {
    queue_.Close();
    if (thread_.joinable()) thread_.join();
  }

  void WriteBatches() {
    while (std::optional<OutcomeBatch> batch = queue_.Pop()) {
      if (!first_error_.ok()) continue;  // the file is dead; the run goes on
      const std::string raw = EncodeOutcomes(*batch, run_start_);
      first_error_ =
          writer_->Write(ChunkType::kOutcomes, raw, DescribeBatch(*batch, written_, run_start_));
      written_ += batch->entries.size();
    }
  }

  const WallTime run_start_;
  OutcomeBatch batch_;
  uint64_t lost_ = 0;
  BoundedQueue<OutcomeBatch> queue_;
  std::unique_ptr<ChunkWriter> writer_;
  absl::Status first_error_;
  uint64_t written_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

OutcomeWriter::OutcomeWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OutcomeWriter::~OutcomeWriter() = default;

absl::StatusOr<std::unique_ptr<OutcomeWriter>> OutcomeWriter::Create(FileSystem& files,
                                                                     const Clock& clock,
                                                                     std::string directory,
                                                                     const OutcomeOrigin& origin) {
  ASSIGN_OR_RETURN(auto writer, ChunkWriter::Create(files, clock, std::move(directory), "outcomes",
                                                    HeaderFor(origin), {}));
  return std::unique_ptr<OutcomeWriter>(
      new OutcomeWriter(std::make_unique<Impl>(std::move(writer), origin.run_start)));
}

void OutcomeWriter::OnOutcome(const Outcome& outcome, std::string_view endpoint,
                              std::string_view error) {
  impl_->Add(outcome, endpoint, error);
}

absl::Status OutcomeWriter::Seal(const std::string& plan_digest) {
  return impl_->Seal(plan_digest);
}

}  // namespace shadowreel
