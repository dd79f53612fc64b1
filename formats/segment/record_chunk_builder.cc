#include "formats/segment/record_chunk_builder.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "formats/segment/record_wire.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {
namespace {

int64_t ArrivalNanos(const Record& record) { return record.arrival.time_since_epoch().count(); }

// trace.proto keeps the commonest version as 0.
uint32_t WireVersion(HttpVersion version) {
  switch (version) {
    case HttpVersion::kHttp11:
      return 0;
    case HttpVersion::kHttp10:
      return 1;
    case HttpVersion::kHttp2:
      return 2;
  }
  CHECK(false);
}

void PutPacked(uint32_t field, const std::vector<uint32_t>& values, wire::Writer* out) {
  if (values.empty()) return;
  size_t size = 0;
  for (const uint32_t value : values) size += wire::VarintSize(value);
  out->Varint(wire::Tag(field, wire::Type::kBytes));
  out->Varint(size);
  for (const uint32_t value : values) out->Varint(value);
}

size_t NumberSize(uint64_t value) { return value == 0 ? 0 : 1 + wire::VarintSize(value); }

void PutRedaction(const RedactionSpan& span, wire::Writer* out) {
  const auto place = static_cast<uint64_t>(span.place);
  const auto kind = static_cast<uint64_t>(span.kind);
  out->Varint(wire::Tag(record_wire::kRedactions, wire::Type::kBytes));
  out->Varint(NumberSize(place) + NumberSize(kind) + NumberSize(span.field) +
              NumberSize(span.begin) + NumberSize(span.length));
  out->Number(record_wire::kPlace, place);
  out->Number(record_wire::kClass, kind);
  out->Number(record_wire::kFieldIndex, span.field);
  out->Number(record_wire::kBegin, span.begin);
  out->Number(record_wire::kLength, span.length);
}

}  // namespace

size_t RecordHeadBound(const Record& record) {
  constexpr size_t kFixed = 192;    // numbers, tags, lengths
  constexpr size_t kPerField = 24;  // index, tags and lengths
  constexpr size_t kPerRedaction = 48;
  return kFixed + record.method.size() + record.target.size() + record.authority.size() +
         record.stripped_authority.size() + record.peer.size() + record.headers.byte_size() +
         record.trailers.byte_size() +
         kPerField * (record.headers.size() + record.trailers.size()) +
         kPerRedaction * record.redactions.size();
}

RecordChunkBuilder::RecordChunkBuilder(uint64_t seed)
    : strings_(InternTable::Form::kSingle, record_wire::kStrings, seed),
      fields_(InternTable::Form::kPair, record_wire::kFields, seed) {}

void RecordChunkBuilder::Add(const Record& record, uint64_t number, bool continued) {
  if (records_ == 0) Begin(record, number);
  InternFields(record.headers, &headers_);
  InternFields(record.trailers, &trailers_);
  const size_t bound = RecordHeadBound(record) + (continued ? 0 : record.body.size());
  const size_t length_size = wire::VarintSize(bound);
  char* const begin = encoded_.Reserve(bound + 2 * wire::kMaxVarint);
  wire::Writer tag(begin);
  tag.Varint(wire::Tag(record_wire::kRecords, wire::Type::kBytes));
  // The length comes before the content but is known after it: leave the room it will need, and
  // move the content when it needs less.
  char* content = tag.at() + length_size;
  wire::Writer out(content);
  PutRecord(record, number, continued, &out);
  const auto size = static_cast<size_t>(out.at() - content);
  CHECK(size <= bound);
  tag.Varint(size);
  if (tag.at() != content) std::memmove(tag.at(), content, size);
  encoded_.CommitTo(tag.at() + size);
  ++records_;
}

void RecordChunkBuilder::Begin(const Record& record, uint64_t number) {
  first_number_ = number;
  base_nanos_ = ArrivalNanos(record);
  min_arrival_nanos_ = base_nanos_;
  max_arrival_nanos_ = base_nanos_;
}

void RecordChunkBuilder::InternFields(const Fields& fields, std::vector<uint32_t>* indexes) {
  indexes->resize(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    const FieldView field = fields[i];
    (*indexes)[i] = fields_.Intern(field.name, field.value, (*indexes)[i]);
  }
}

void RecordChunkBuilder::PutRecord(const Record& record, uint64_t number, bool continued,
                                   wire::Writer* out) {
  const int64_t arrival = ArrivalNanos(record);
  min_arrival_nanos_ = std::min(min_arrival_nanos_, arrival);
  max_arrival_nanos_ = std::max(max_arrival_nanos_, arrival);
  // Unsigned, so that no difference overflows; a completion before the arrival wraps and comes
  // back as it was.
  const auto since_base =
      static_cast<int64_t>(static_cast<uint64_t>(arrival) - static_cast<uint64_t>(base_nanos_));
  const auto completed = static_cast<uint64_t>(record.completed.time_since_epoch().count());
  out->Number(record_wire::kNumbersSkipped, number - first_number_ - records_);
  out->Number(record_wire::kArrivalOffset, wire::ZigZag(since_base));
  out->Number(record_wire::kDuration, completed - static_cast<uint64_t>(arrival));
  out->Number(record_wire::kMethod, InternString(record.method, &method_));
  if (!record.target.empty()) out->Bytes(record_wire::kTarget, record.target);
  out->Number(record_wire::kVersion, WireVersion(record.version));
  out->Number(record_wire::kAuthority, InternString(record.authority, &authority_));
  out->Number(record_wire::kStrippedAuthority,
              InternString(record.stripped_authority, &stripped_authority_));
  PutPacked(record_wire::kHeaders, headers_, out);
  out->Number(record_wire::kFraming, static_cast<uint64_t>(record.framing));
  if (!continued && !record.body.empty()) out->Bytes(record_wire::kBody, record.body);
  PutPacked(record_wire::kTrailers, trailers_, out);
  if (continued) out->Number(record_wire::kContinuedBytes, record.body.size());
  out->Number(record_wire::kConnection, record.connection);
  out->Number(record_wire::kStream, record.stream);
  out->Number(record_wire::kPeer, InternString(record.peer, &peer_));
  out->Number(record_wire::kIncomplete, record.complete ? 0 : 1);
  out->Number(record_wire::kTruncated, record.truncated ? 1 : 0);
  if (record.truncated) out->Number(record_wire::kWireBodyBytes, record.wire_body_bytes);
  if (record.weight != 1)
    out->Fixed64(record_wire::kWeight, std::bit_cast<uint64_t>(record.weight));
  out->Number(record_wire::kArrivalMeaning, static_cast<uint64_t>(record.arrival_meaning));
  for (const RedactionSpan& span : record.redactions) PutRedaction(span, out);
}

void RecordChunkBuilder::Build(wire::Buffer* raw) const {
  raw->Clear();
  wire::Writer out(raw->Reserve(raw_bytes()));
  out.Number(record_wire::kBaseNanos, static_cast<uint64_t>(base_nanos_));
  out.Raw(strings_.wire());
  out.Raw(fields_.wire());
  out.Raw(encoded_.view());
  raw->CommitTo(out.at());
}

void RecordChunkBuilder::Clear() {
  strings_.Clear();
  fields_.Clear();
  encoded_.Clear();
  records_ = 0;
}

bool RecordChunkBuilder::Full() const {
  return records_ >= kChunkRecords || raw_bytes() >= kChunkRawBytes ||
         strings_.size() + fields_.size() >= kChunkEntries;
}

bool RecordChunkBuilder::FullWith(size_t bound) const {
  return records_ > 0 && raw_bytes() + bound > kChunkRawBytes;
}

size_t RecordChunkBuilder::raw_bytes() const {
  return 2 * wire::kMaxVarint + strings_.wire().size() + fields_.wire().size() + encoded_.size();
}

}  // namespace shadowreel
