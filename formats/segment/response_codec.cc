#include "formats/segment/response_codec.h"

#include <algorithm>

#include "base/check.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/wire.h"

namespace shadowreel {
namespace {

using Indexes = google::protobuf::RepeatedField<uint32_t>;

// Per field: index, tags and lengths. Numbers and lengths of the rest.
constexpr size_t kPerField = 24;
constexpr size_t kFixed = 96;

bool ByNumber(const trace::Response& a, const trace::Response& b) {
  return a.record_number() < b.record_number();
}

// A parsed message takes far more memory than an empty one's two bytes, so the lists are counted
// first.
bool CountsAreBounded(std::string_view payload) {
  size_t fields = 0;
  size_t responses = 0;
  wire::Reader in(payload);
  while (const uint32_t tag = in.NextTag()) {
    fields += tag >> 3 == trace::ResponseChunk::kFieldsFieldNumber ? 1 : 0;
    responses += tag >> 3 == trace::ResponseChunk::kResponsesFieldNumber ? 1 : 0;
    in.Skip(tag);
  }
  return in.ok() && fields <= kMaxResponseEntries && responses <= kChunkRecords;
}

void ResolveFields(const trace::ResponseChunk& chunk, const Indexes& indexes, Fields* out) {
  out->Clear();
  for (const uint32_t index : indexes) {
    const trace::Field& field = chunk.fields(static_cast<int>(index));
    out->Add(field.name(), field.value());
  }
}

}  // namespace

size_t ResponseHeadBound(const Response& response) {
  return kFixed + response.headers.byte_size() + response.trailers.byte_size() +
         kPerField * (response.headers.size() + response.trailers.size());
}

ResponseChunkBuilder::ResponseChunkBuilder(uint64_t seed)
    : fields_(InternTable::Form::kPair, trace::ResponseChunk::kFieldsFieldNumber, seed) {}

void ResponseChunkBuilder::Add(uint64_t record_number, const Response& response) {
  trace::Response* const added = chunk_.add_responses();
  added->set_record_number(record_number);
  added->set_first_byte_nanos(response.first_byte.time_since_epoch().count());
  added->set_completed_nanos(response.completed.time_since_epoch().count());
  added->set_status(response.status);
  InternFields(response.headers, added->mutable_headers());
  added->set_body(response.body.data(), std::min(response.body.size(), kMaxResponseBody));
  InternFields(response.trailers, added->mutable_trailers());
  added->set_incomplete(!response.complete);
  added->set_truncated(response.truncated || response.body.size() > kMaxResponseBody);
  constexpr size_t kTagAndLength = 6;
  responses_bytes_ += added->ByteSizeLong() + kTagAndLength;
  first_record_ = std::min(first_record_, record_number);
}

void ResponseChunkBuilder::InternFields(const Fields& fields, Indexes* indexes) {
  for (const FieldView field : fields) {
    indexes->Add(fields_.Intern(field.name, field.value, 0));
  }
}

std::string ResponseChunkBuilder::Take() {
  auto& responses = *chunk_.mutable_responses();
  if (!std::is_sorted(responses.begin(), responses.end(), ByNumber)) {
    std::sort(responses.begin(), responses.end(), ByNumber);
  }
  std::string payload(fields_.wire());
  CHECK(chunk_.AppendToString(&payload));
  // Not Clear(): it would keep every body's memory.
  chunk_ = trace::ResponseChunk();
  fields_.Clear();
  responses_bytes_ = 0;
  first_record_ = UINT64_MAX;
  return payload;
}

bool ResponseChunkBuilder::Full() const {
  return responses() >= kChunkRecords || raw_bytes() >= kChunkRawBytes ||
         fields_.size() >= kChunkEntries;
}

bool ResponseChunkBuilder::FullWith(size_t bound) const {
  return responses() > 0 && raw_bytes() + bound > kChunkRawBytes;
}

std::string_view ResponseChunkView::Parse(std::string_view payload, const ChunkInfo& info) {
  if (!CountsAreBounded(payload) ||
      !chunk_.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return "its content does not decode";
  }
  byte_size_ = chunk_.SpaceUsedLong();
  for (int i = 0; i < chunk_.responses_size(); ++i) {
    const uint64_t number = chunk_.responses(i).record_number();
    if (i == 0 && number != info.first_record) {
      return "its least record number is not what its header says";
    }
    if (i > 0 && number <= chunk_.responses(i - 1).record_number()) {
      return "its responses are out of order";
    }
    if (const auto flaw = CheckResponse(chunk_.responses(i)); !flaw.empty()) return flaw;
  }
  return {};
}

std::string_view ResponseChunkView::CheckResponse(const trace::Response& response) const {
  size_t head = kFixed;
  for (const Indexes* indexes : {&response.headers(), &response.trailers()}) {
    for (const uint32_t index : *indexes) {
      if (index >= static_cast<uint32_t>(chunk_.fields_size())) {
        return "a field's index is out of range";
      }
      const trace::Field& field = chunk_.fields(static_cast<int>(index));
      head += kPerField + field.name().size() + field.value().size();
      if (head > kMaxRecordHead) return "a response's head is too large";
    }
  }
  return response.body().size() > kMaxResponseBody ? "a response's body is too large"
                                                   : std::string_view();
}

uint64_t ResponseChunkView::number(size_t index) const {
  return chunk_.responses(static_cast<int>(index)).record_number();
}

void ResponseChunkView::Decode(size_t index, Response* response) const {
  const trace::Response& stored = chunk_.responses(static_cast<int>(index));
  response->first_byte = WallTime(Nanos(stored.first_byte_nanos()));
  response->completed = WallTime(Nanos(stored.completed_nanos()));
  response->status = stored.status();
  ResolveFields(chunk_, stored.headers(), &response->headers);
  response->body = stored.body();
  ResolveFields(chunk_, stored.trailers(), &response->trailers);
  response->complete = !stored.incomplete();
  response->truncated = stored.truncated();
}

bool ResponseChunkView::Find(uint64_t record_number, Response* response) const {
  const auto& responses = chunk_.responses();
  const auto found = std::lower_bound(
      responses.begin(), responses.end(), record_number,
      [](const trace::Response& each, uint64_t number) { return each.record_number() < number; });
  if (found == responses.end() || found->record_number() != record_number) return false;
  Decode(static_cast<size_t>(found - responses.begin()), response);
  return true;
}

}  // namespace shadowreel
