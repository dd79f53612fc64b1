#include "recorder/server/http2_stream.h"

#include <charconv>
#include <utility>

#include "net/http/authority.h"

namespace shadowreel {
namespace {

// A usual head fits.
constexpr size_t kUsualFields = 16;
constexpr size_t kUsualBytes = 640;

// application/grpc, application/grpc+proto, application/grpc;... but not application/grpc-web.
bool IsGrpc(std::string_view content_type) {
  constexpr std::string_view kGrpc = "application/grpc";
  if (!content_type.starts_with(kGrpc)) return false;
  const std::string_view rest = content_type.substr(kGrpc.size());
  return rest.empty() || rest[0] == '+' || rest[0] == ';';
}

}  // namespace

Http2Stream::Http2Stream(int32_t id, Instant now, UploadBudget& uploads, size_t max_body_bytes)
    : id_(id), last_frame_(now.steady), last_byte_(now.wall), upload_(uploads, max_body_bytes) {
  record_.arrival = now.wall;
  record_.version = HttpVersion::kHttp2;
  record_.stream = static_cast<uint32_t>(id);
  record_.headers.Reserve(kUsualFields, kUsualBytes);
}

void Http2Stream::Touch(Instant now) {
  last_frame_ = now.steady;
  last_byte_ = now.wall;
}

Http2Stream::FieldFate Http2Stream::AddField(std::string_view name, std::string_view value,
                                             const Http2Limits& limits) {
  const bool is_pseudo = name.starts_with(':');
  block_bytes_ += name.size() + value.size();
  if (!is_pseudo) ++block_fields_;
  if (block_bytes_ > limits.max_head_bytes || block_fields_ > limits.max_fields) {
    const bool far =
        block_bytes_ / 4 > limits.max_head_bytes || block_fields_ / 4 > limits.max_fields;
    return far ? FieldFate::kFarTooMuch : FieldFate::kTooMuch;
  }
  if (phase_ != Phase::kHead && phase_ != Phase::kReceiving) return FieldFate::kTaken;
  if (in_trailers_) {
    record_.trailers.Add(name, value);
  } else if (!is_pseudo) {
    AddRegularField(name, value);
  } else if (name == ":method") {
    record_.method = value;
  } else if (name == ":path") {
    record_.target = value;
  } else if (name == ":authority") {
    record_.authority = value;
  }
  return FieldFate::kTaken;
}

void Http2Stream::AddRegularField(std::string_view name, std::string_view value) {
  record_.headers.Add(name, value);
  if (name == "content-length") {
    record_.framing = Framing::kContentLength;
    std::from_chars(value.data(), value.data() + value.size(), content_length_);
  } else if (name == "content-type") {
    is_grpc_ = IsGrpc(value);
  }
}

void Http2Stream::BeginTrailers() {
  in_trailers_ = true;
  block_bytes_ = 0;
  block_fields_ = 0;
}

void Http2Stream::EndHead(uint64_t connection, const std::string& peer) {
  if (record_.authority.empty()) {
    record_.authority = record_.headers.Find("host").value_or(std::string_view());
  }
  record_.stripped_authority = StripShadow(record_.authority);
  record_.connection = connection;
  record_.peer = peer;
}

bool Http2Stream::expects_continue() const {
  const auto expect = record_.headers.Find("expect");
  return expect && EqualsIgnoreCase(*expect, "100-continue");
}

void Http2Stream::Drop(Phase next) {
  // Moved out first: assigning an empty string leaves a string its memory.
  const Record dropped = std::move(record_);
  record_ = Record();
  upload_.Release();
  phase_ = next;
}

void Http2Stream::Await(Ticket ticket, SteadyTime deadline) {
  phase_ = Phase::kAwaiting;
  ticket_ = ticket;
  ack_deadline_ = deadline;
}

Record Http2Stream::TakeRecord(bool complete) {
  record_.complete = complete;
  record_.completed = last_byte_;
  upload_.Release();
  phase_ = Phase::kIgnored;
  return std::move(record_);
}

}  // namespace shadowreel
