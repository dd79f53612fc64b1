#include <fmt/format.h>

#include <deque>
#include <set>
#include <string>
#include <utility>

#include "base/status.h"
#include "formats/exchange/gor.h"
#include "formats/exchange/gor_cutter.h"
#include "formats/exchange/http1_record.h"
#include "net/http/http1_parser.h"
#include "net/http/http1_response.h"

namespace shadowreel {
namespace {

// Requests that wait for their response.
constexpr size_t kWindowRequests = 65'536;
constexpr size_t kWindowBytes = size_t{64} << 20;

// More than a recorder takes: what another tool has stored is judged by what a segment can hold.
constexpr Http1Limits kRequestLimits{.max_head_bytes = 256 << 10, .max_fields = 1000};

size_t ApproximateBytes(const Response& response) {
  return sizeof(Response) + response.headers.byte_size() + response.body.size() +
         response.trailers.byte_size();
}

class GorImporter final : public Importer {
 public:
  explicit GorImporter(ImportInput input)
      : path_(std::move(input.path)), tally_(*input.tally), cutter_(std::move(input.source)) {}

  absl::StatusOr<bool> Next(ImportedRequest* request) override {
    while (!ended_ && !IsFrontDue()) ReadOne();
    if (window_.empty()) {
      RETURN_IF_ERROR(failure_);
      return false;
    }
    *request = PopFront();
    return true;
  }

 private:
  struct Waiting {
    std::string id;
    ImportedRequest request;
    size_t bytes = 0;
  };

  bool IsFrontDue() const {
    return !window_.empty() && (window_.front().request.response.has_value() ||
                                window_.size() > kWindowRequests || window_bytes_ > kWindowBytes);
  }

  ImportedRequest PopFront() {
    Waiting front = std::move(window_.front());
    window_.pop_front();
    window_bytes_ -= front.bytes;
    unanswered_.erase({front.id, first_ordinal_++});
    return std::move(front.request);
  }

  void ReadOne() {
    GorRecord record;
    const absl::StatusOr<GorCutter::Result> result = cutter_.Next(&record);
    if (!result.ok() || *result == GorCutter::Result::kEnd) {
      failure_ = result.status();
      ended_ = true;
      return;
    }
    place_ = fmt::format("{}: offset {}", path_, record.offset);
    if (*result == GorCutter::Result::kMalformed) return tally_.Add(cutter_.problem(), place_);
    if (!record.separated) {
      tally_.AddChange("last record kept, without its separator: the file may be cut", place_);
    }
    switch (record.type) {
      case GorType::kRequest:
        return TakeRequest(record);
      case GorType::kResponse:
        return TakeResponse(record);
      case GorType::kReplayedResponse:
        return tally_.Add("replayed response (type 3)", place_);
    }
  }

  void TakeRequest(const GorRecord& source) {
    Waiting waiting;
    Record& record = waiting.request.record;
    record.arrival = source.time;
    record.completed = source.time + source.latency.value_or(Nanos(0));
    if (!ParseRequest(source, &record)) return;
    waiting.id = source.id;
    waiting.bytes = sizeof(Waiting) + source.id.size() + ApproximateBytes(record);
    unanswered_.emplace(source.id, first_ordinal_ + window_.size());
    window_bytes_ += waiting.bytes;
    window_.push_back(std::move(waiting));
  }

  // False when it is left out, and counted.
  bool ParseRequest(const GorRecord& source, Record* record) {
    Http1Parser parser(kRequestLimits);
    std::string_view bytes = source.payload;
    bool has_head = false;
    uint64_t length = 0;
    while (true) {
      switch (parser.Next(&bytes)) {
        case Http1Event::kHead:
          length = parser.head().content_length;
          SetHead(parser.TakeHead(), record);
          has_head = true;
          break;
        case Http1Event::kBody:
          record->body.append(parser.body());
          break;
        case Http1Event::kMessage:
          FinishRequest(source, bytes.size(), parser.TakeTrailers(), record);
          return true;
        case Http1Event::kError:
          tally_.Add(fmt::format("request refused: {}", parser.error_text()), place_);
          return false;
        case Http1Event::kNeedBytes:
          if (has_head) CutRequest(source, length, record);
          if (!has_head) tally_.Add("request that ends within its head", place_);
          return has_head;
      }
    }
  }

  void FinishRequest(const GorRecord& source, size_t more, Fields trailers, Record* record) {
    record->trailers = std::move(trailers);
    record->wire_body_bytes = record->body.size();
    if (more > 0 || source.payload_bytes > source.payload.size()) {
      tally_.AddChange("request kept without other bytes behind its end", place_);
    }
  }

  // A request whose bytes end before it does.
  void CutRequest(const GorRecord& source, uint64_t length, Record* record) {
    const uint64_t missing = source.payload_bytes - source.payload.size();
    record->truncated = missing > 0;
    record->complete = record->truncated;
    record->wire_body_bytes = record->body.size();
    if (record->truncated) {
      record->wire_body_bytes =
          record->framing == Framing::kContentLength ? length : record->body.size() + missing;
    }
    tally_.AddChange(record->truncated
                         ? fmt::format("request kept truncated: its payload is over {} MiB",
                                       GorCutter::kMaxPayload >> 20)
                         : "request kept incomplete: its payload ends before its body does",
                     place_);
  }

  void TakeResponse(const GorRecord& source) {
    const auto found = unanswered_.lower_bound({source.id, 0});
    if (found == unanswered_.end() || found->first != source.id) {
      return tally_.Add("response without its request among those before it", place_);
    }
    Waiting& waiting = window_[found->second - first_ordinal_];
    Http1Response parsed;
    const bool to_head = waiting.request.record.method == "HEAD";
    if (const char* problem =
            ParseHttp1Response(source.payload, to_head, Http1ResponseLimits(), &parsed)) {
      return tally_.Add(fmt::format("response refused: {}", problem), place_);
    }
    unanswered_.erase(found);
    Response& response = waiting.request.response.emplace();
    response.first_byte = source.time;
    if (source.latency) response.completed = source.time + *source.latency;
    response.status = parsed.status;
    response.headers = std::move(parsed.headers);
    response.body = std::move(parsed.body);
    response.trailers = std::move(parsed.trailers);
    response.truncated = source.payload_bytes > source.payload.size();
    response.complete = parsed.complete || response.truncated;
    if (!parsed.complete || response.truncated) {
      tally_.AddChange("response kept incomplete", place_);
    }
    const size_t bytes = ApproximateBytes(response);
    waiting.bytes += bytes;
    window_bytes_ += bytes;
  }

  const std::string path_;
  Tally& tally_;
  GorCutter cutter_;
  absl::Status failure_;
  bool ended_ = false;
  std::string place_;  // of the record being read
  std::deque<Waiting> window_;
  size_t window_bytes_ = 0;
  uint64_t first_ordinal_ = 0;                             // of window_.front()
  std::set<std::pair<std::string, uint64_t>> unanswered_;  // ids and ordinals in window_
};

}  // namespace

absl::StatusOr<std::unique_ptr<Importer>> MakeGorImporter(ImportInput input) {
  return std::unique_ptr<Importer>(std::make_unique<GorImporter>(std::move(input)));
}

bool LooksLikeGor(std::string_view path, std::string_view beginning) {
  if (path.ends_with(".gor") || path.ends_with(".gor.gz")) return true;
  // "1 ID 1700000000000000000"
  if (beginning.size() < 2 || beginning[0] < '1' || beginning[0] > '3' || beginning[1] != ' ') {
    return false;
  }
  const size_t id_end = beginning.find(' ', 2);
  if (id_end == beginning.npos || id_end == 2) return false;
  const size_t time_end = beginning.find_first_not_of("0123456789", id_end + 1);
  return time_end != beginning.npos && time_end > id_end + 1 &&
         (beginning[time_end] == ' ' || beginning[time_end] == '\n');
}

}  // namespace shadowreel
