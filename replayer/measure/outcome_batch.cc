#include "replayer/measure/outcome_batch.h"

#include <unordered_map>

#include "formats/outcome.pb.h"

namespace shadowreel {
namespace {

trace::OutcomeKind StoredKind(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::kCompleted:
      return trace::COMPLETED;
    case OutcomeKind::kFailed:
      return trace::FAILED;
    case OutcomeKind::kTimedOut:
      return trace::TIMED_OUT;
    case OutcomeKind::kAbandoned:
      return trace::ABANDONED;
    case OutcomeKind::kUnsent:
      return trace::UNSENT;
    case OutcomeKind::kShed:
      return trace::SHED;
    case OutcomeKind::kCancelled:
      return trace::CANCELLED;
  }
  return trace::CANCELLED;
}

bool IsDone(OutcomeKind kind) { return WasSent(kind) && kind != OutcomeKind::kAbandoned; }

// Turns a batch into the payload of one chunk.
class ChunkEncoder {
 public:
  explicit ChunkEncoder(WallTime run_start) {
    chunk_.set_run_start_nanos(run_start.time_since_epoch().count());
    chunk_.add_texts("");
    places_.emplace("", 0);
  }

  std::string Encode(const OutcomeBatch& batch) {
    std::string_view texts = batch.texts;
    for (const OutcomeBatch::Entry& entry : batch.entries) {
      AddTimes(entry.outcome);
      chunk_.add_status(entry.outcome.status);
      chunk_.add_response_bytes(entry.outcome.response_bytes);
      chunk_.add_endpoint(Intern(texts.substr(0, entry.endpoint_bytes)));
      texts.remove_prefix(entry.endpoint_bytes);
      chunk_.add_error(Intern(texts.substr(0, entry.error_bytes)));
      texts.remove_prefix(entry.error_bytes);
    }
    return chunk_.SerializeAsString();
  }

 private:
  void AddTimes(const Outcome& outcome) {
    chunk_.add_index(outcome.index);
    chunk_.add_kind(StoredKind(outcome.kind));
    chunk_.add_intended_nanos(outcome.intended.count());
    chunk_.add_send_lag_nanos(WasSent(outcome.kind) ? (outcome.sent - outcome.intended).count()
                                                    : 0);
    chunk_.add_service_nanos(IsDone(outcome.kind) ? (outcome.done - outcome.sent).count() : 0);
  }

  // `text` lives as long as the batch.
  uint32_t Intern(std::string_view text) {
    const auto [place, added] =
        places_.try_emplace(text, static_cast<uint32_t>(chunk_.texts_size()));
    if (added) chunk_.add_texts(text.data(), text.size());
    return place->second;
  }

  trace::OutcomeChunk chunk_;
  std::unordered_map<std::string_view, uint32_t> places_;
};

}  // namespace

void OutcomeBatch::Add(const Outcome& outcome, std::string_view endpoint, std::string_view error) {
  entries.push_back({.outcome = outcome,
                     .endpoint_bytes = static_cast<uint32_t>(endpoint.size()),
                     .error_bytes = static_cast<uint32_t>(error.size())});
  texts.append(endpoint).append(error);
}

std::string EncodeOutcomes(const OutcomeBatch& batch, WallTime run_start) {
  return ChunkEncoder(run_start).Encode(batch);
}

}  // namespace shadowreel
