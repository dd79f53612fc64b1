#include "formats/segment/record_chunk_view.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "formats/segment/record_chunk_builder.h"
#include "formats/segment/record_wire.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/wire.h"

namespace shadowreel {
namespace {

using wire::Reader;
using wire::Tag;
using Type = wire::Type;

// By their numbers in trace.proto.
constexpr std::array<HttpVersion, 3> kVersions = {HttpVersion::kHttp11, HttpVersion::kHttp10,
                                                  HttpVersion::kHttp2};

// Of strings, fields and records together: four times what a writer puts into a chunk. An empty
// one takes two bytes there, and compresses to nothing, but many more here.
constexpr size_t kMaxEntries = size_t{1} << 18;

int64_t WrappingAdd(int64_t a, uint64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + b);
}

FieldView ReadField(std::string_view bytes, bool* ok) {
  FieldView field;
  Reader in(bytes);
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case Tag(record_wire::kName, Type::kBytes):
        field.name = in.Bytes();
        break;
      case Tag(record_wire::kValue, Type::kBytes):
        field.value = in.Bytes();
        break;
      default:
        in.Skip(tag);
    }
  }
  *ok = in.ok();
  return field;
}

bool ReadRedaction(std::string_view bytes, std::vector<RedactionSpan>* spans) {
  std::array<uint64_t, record_wire::kRedactionFieldEnd> numbers{};
  Reader in(bytes);
  while (const uint32_t tag = in.NextTag()) {
    const uint32_t field = tag >> 3;
    if (field < record_wire::kRedactionFieldEnd && tag == Tag(field, Type::kVarint)) {
      numbers[field] = in.Varint();
    } else {
      in.Skip(tag);
    }
  }
  const uint64_t place = numbers[record_wire::kPlace];
  const uint64_t kind = numbers[record_wire::kClass];
  const uint64_t index = numbers[record_wire::kFieldIndex];
  if (!in.ok() || index > UINT32_MAX || place > static_cast<uint64_t>(RedactionPlace::kTrailer) ||
      kind > static_cast<uint64_t>(RedactionClass::kPersonal)) {
    return false;
  }
  spans->push_back({static_cast<RedactionPlace>(place), static_cast<RedactionClass>(kind),
                    static_cast<uint32_t>(index), numbers[record_wire::kBegin],
                    numbers[record_wire::kLength]});
  return true;
}

// One record's fields by their numbers, before indexes are resolved. A field of another type than
// trace.proto's is as good as unknown: nobody asks for it.
struct Raw {
  std::array<uint64_t, record_wire::kRecordFieldEnd> numbers{};
  std::array<std::string_view, record_wire::kRecordFieldEnd> bytes{};
};

bool ReadRaw(std::string_view bytes, Raw* raw, std::vector<RedactionSpan>* redactions) {
  Reader in(bytes);
  while (const uint32_t tag = in.NextTag()) {
    const uint32_t field = tag >> 3;
    const Type type = static_cast<Type>(tag & 7);
    const bool known = field < record_wire::kRecordFieldEnd;
    if (tag == Tag(record_wire::kRedactions, Type::kBytes)) {
      if (!ReadRedaction(in.Bytes(), redactions)) return false;
    } else if (known && type == Type::kVarint) {
      raw->numbers[field] = in.Varint();
    } else if (known && type == Type::kBytes) {
      raw->bytes[field] = in.Bytes();
    } else if (known && type == Type::kFixed64) {
      raw->numbers[field] = in.Fixed64();
    } else {
      in.Skip(tag);
    }
  }
  return in.ok();
}

// Resolves a packed list of indexes into `out`.
std::string_view ResolveFields(std::string_view packed, const std::vector<Fields::Joined>& fields,
                               Fields* out) {
  size_t count = 0;
  size_t bytes = 0;
  Reader first(packed);
  while (!first.AtEnd()) {
    const uint64_t index = first.Varint();
    if (!first.ok()) return "a list of fields does not decode";
    if (index >= fields.size()) return "a field's index is out of range";
    ++count;
    bytes += fields[index].size();
    if (bytes > kMaxRecordHead) return "a record's head is too large";
  }
  Reader second(packed);
  out->AssignJoined(count, bytes,
                    [&]() -> const Fields::Joined& { return fields[second.Varint()]; });
  return {};
}

std::string_view CheckValues(const Raw& raw) {
  const auto& numbers = raw.numbers;
  if (numbers[record_wire::kVersion] >= kVersions.size() ||
      numbers[record_wire::kFraming] > static_cast<uint64_t>(Framing::kChunked) ||
      numbers[record_wire::kArrivalMeaning] > static_cast<uint64_t>(ArrivalMeaning::kAfterUpload)) {
    return "a record holds a value that this version does not know";
  }
  const uint64_t continued = numbers[record_wire::kContinuedBytes];
  if (numbers[record_wire::kStream] > UINT32_MAX || numbers[record_wire::kIncomplete] > 1 ||
      numbers[record_wire::kTruncated] > 1 || continued > kMaxBody ||
      (continued > 0 && !raw.bytes[record_wire::kBody].empty())) {
    return "a record holds an impossible value";
  }
  const auto weight = std::bit_cast<double>(numbers[record_wire::kWeight]);
  if (numbers[record_wire::kWeight] != 0 && !(std::isfinite(weight) && weight > 0)) {
    return "a record's weight is not a positive number";
  }
  return {};
}

// Fills in what needs no look-up.
void TakeValues(const Raw& raw, Record* record) {
  const auto& numbers = raw.numbers;
  const int64_t arrival = record->arrival.time_since_epoch().count();
  record->completed = WallTime(Nanos(WrappingAdd(arrival, numbers[record_wire::kDuration])));
  record->arrival_meaning = static_cast<ArrivalMeaning>(numbers[record_wire::kArrivalMeaning]);
  record->target.assign(raw.bytes[record_wire::kTarget]);
  record->version = kVersions[numbers[record_wire::kVersion]];
  record->framing = static_cast<Framing>(numbers[record_wire::kFraming]);
  record->body.assign(raw.bytes[record_wire::kBody]);
  record->complete = numbers[record_wire::kIncomplete] == 0;
  record->truncated = numbers[record_wire::kTruncated] != 0;
  const uint64_t continued = numbers[record_wire::kContinuedBytes];
  const uint64_t stored = continued > 0 ? continued : record->body.size();
  record->wire_body_bytes = record->truncated ? numbers[record_wire::kWireBodyBytes] : stored;
  record->connection = numbers[record_wire::kConnection];
  record->stream = static_cast<uint32_t>(numbers[record_wire::kStream]);
  const uint64_t weight = numbers[record_wire::kWeight];
  record->weight = weight == 0 ? 1 : std::bit_cast<double>(weight);
}

}  // namespace

std::string_view RecordChunkView::Parse(std::string payload, const ChunkInfo& info) {
  payload_ = std::make_unique<const std::string>(std::move(payload));
  offset_ = info.offset;
  first_record_ = info.first_record;
  if (const std::string_view flaw = ParseLists(); !flaw.empty()) return flaw;
  if (records_.size() != info.record_count)
    return "it holds another number of records than its "
           "header says";
  return ParseKeys(info);
}

std::string_view RecordChunkView::ParseLists() {
  Reader in(*payload_);
  std::vector<FieldView> fields;
  size_t bytes = 0;
  bool ok = true;
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case Tag(record_wire::kBaseNanos, Type::kVarint):
        base_nanos_ = static_cast<int64_t>(in.Varint());
        break;
      case Tag(record_wire::kStrings, Type::kBytes):
        strings_.push_back(in.Bytes());
        break;
      case Tag(record_wire::kFields, Type::kBytes):
        fields.push_back(ReadField(in.Bytes(), &ok));
        bytes += fields.back().name.size() + fields.back().value.size();
        break;
      case Tag(record_wire::kRecords, Type::kBytes):
        records_.push_back(in.Bytes());
        break;
      default:
        in.Skip(tag);
    }
    if (!ok) break;
    if (strings_.size() + fields.size() + records_.size() > kMaxEntries) {
      return "it holds more entries than a chunk may";
    }
  }
  if (!ok || !in.ok()) return "its content does not decode";
  JoinFields(fields, bytes);
  return {};
}

void RecordChunkView::JoinFields(const std::vector<FieldView>& fields, size_t bytes) {
  joined_bytes_ = bytes + Fields::kJoinedSlack;
  joined_.reset(new char[joined_bytes_]);  // not zeroed, but for the slack
  std::memset(joined_.get() + bytes, 0, Fields::kJoinedSlack);
  fields_.reserve(fields.size());
  char* at = joined_.get();
  for (const FieldView& field : fields) {
    fields_.push_back(
        {at, static_cast<uint32_t>(field.name.size()), static_cast<uint32_t>(field.value.size())});
    at = std::copy(field.name.begin(), field.name.end(), at);
    at = std::copy(field.value.begin(), field.value.end(), at);
  }
}

std::string_view RecordChunkView::ParseKeys(const ChunkInfo& info) {
  keys_.reserve(records_.size());
  for (const std::string_view bytes : records_) {
    // Both numbers stand first (segment_format.md), so the rest need not be read here.
    Reader in(bytes);
    uint64_t skipped = 0;
    uint64_t arrival = 0;
    uint32_t tag = in.NextTag();
    if (tag == Tag(record_wire::kNumbersSkipped, Type::kVarint)) {
      skipped = in.Varint();
      tag = in.NextTag();
    }
    if (tag == Tag(record_wire::kArrivalOffset, Type::kVarint)) arrival = in.Varint();
    if (!in.ok()) return "a record does not decode";
    if (skipped > UINT64_MAX - keys_.size() ||
        skipped + keys_.size() > UINT64_MAX - first_record_) {
      return "a record's number is out of range";
    }
    const int64_t nanos = Arrival(arrival);
    if (nanos < info.min_arrival_nanos || nanos > info.max_arrival_nanos) {
      return "a record's arrival lies outside what the chunk's header says";
    }
    keys_.push_back(
        {nanos, first_record_ + keys_.size() + skipped, static_cast<uint32_t>(keys_.size())});
  }
  return {};
}

int64_t RecordChunkView::Arrival(uint64_t offset) const {
  return WrappingAdd(base_nanos_, static_cast<uint64_t>(wire::UnZigZag(offset)));
}

size_t RecordChunkView::byte_size() const {
  return payload_->capacity() + joined_bytes_ +
         strings_.capacity() * sizeof(decltype(strings_)::value_type) +
         fields_.capacity() * sizeof(decltype(fields_)::value_type) +
         records_.capacity() * sizeof(decltype(records_)::value_type) +
         keys_.capacity() * sizeof(decltype(keys_)::value_type);
}

std::string_view RecordChunkView::Decode(size_t index, Record* record, uint64_t* continued) const {
  Raw raw;
  record->redactions.clear();
  if (!ReadRaw(records_[index], &raw, &record->redactions)) return "a record does not decode";
  if (const std::string_view flaw = CheckValues(raw); !flaw.empty()) return flaw;
  const Key& key = keys_[index];
  record->number = key.number;
  record->arrival = WallTime(Nanos(key.arrival_nanos));
  if (first_record_ + index + raw.numbers[record_wire::kNumbersSkipped] != key.number ||
      Arrival(raw.numbers[record_wire::kArrivalOffset]) != key.arrival_nanos) {
    return "a record's number and arrival do not stand first";
  }
  TakeValues(raw, record);
  if (const std::string_view flaw = TakeStrings(raw.numbers, record); !flaw.empty()) return flaw;
  if (const std::string_view flaw =
          ResolveFields(raw.bytes[record_wire::kHeaders], fields_, &record->headers);
      !flaw.empty()) {
    return flaw;
  }
  if (const std::string_view flaw =
          ResolveFields(raw.bytes[record_wire::kTrailers], fields_, &record->trailers);
      !flaw.empty()) {
    return flaw;
  }
  if (RecordHeadBound(*record) > kMaxRecordHead) return "a record's head is too large";
  *continued = raw.numbers[record_wire::kContinuedBytes];
  return {};
}

template <typename Numbers>
std::string_view RecordChunkView::TakeStrings(const Numbers& numbers, Record* record) const {
  const uint64_t method = numbers[record_wire::kMethod];
  const uint64_t authority = numbers[record_wire::kAuthority];
  const uint64_t stripped = numbers[record_wire::kStrippedAuthority];
  const uint64_t peer = numbers[record_wire::kPeer];
  if (std::max({method, authority, stripped, peer}) >= strings_.size()) {
    return "a string's index is out of range";
  }
  record->method.assign(strings_[method]);
  record->authority.assign(strings_[authority]);
  record->stripped_authority.assign(strings_[stripped]);
  record->peer.assign(strings_[peer]);
  return {};
}

}  // namespace shadowreel
