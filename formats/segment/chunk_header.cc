#include "formats/segment/chunk_header.h"

#include <cstddef>

#include "formats/segment/payload_codec.h"

namespace shadowreel {
namespace {

using namespace chunk_header;  // the layout's offsets

template <typename Integer>
void Put(std::string* bytes, size_t at, Integer value) {
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    (*bytes)[at + i] = static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
  }
}

template <typename Integer>
Integer Get(std::string_view bytes, size_t at) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    value |= uint64_t{static_cast<uint8_t>(bytes[at + i])} << (8 * i);
  }
  return static_cast<Integer>(value);
}

// Layout of the trailer.
constexpr size_t kTrailerFooterOffset = 0;
constexpr size_t kTrailerMarker = 8;
constexpr size_t kTrailerCrc = 16;
constexpr size_t kTrailerMagicAt = 20;

}  // namespace

std::string EncodeChunkHeader(const ChunkHeader& header) {
  const ChunkInfo& info = header.info;
  std::string bytes(kSize, '\0');
  Put(&bytes, kMarker, header.marker);
  Put(&bytes, kOffset, info.offset);
  Put(&bytes, kSequence, header.sequence);
  Put(&bytes, kType, static_cast<uint8_t>(info.type));
  Put(&bytes, kCodec, static_cast<uint8_t>(info.codec));
  Put(&bytes, kFlags, header.flags);
  Put(&bytes, kRecordCount, info.record_count);
  Put(&bytes, kStoredLength, info.stored_length);
  Put(&bytes, kRawLength, info.raw_length);
  Put(&bytes, kFirstRecord, info.first_record);
  Put(&bytes, kMinArrival, info.min_arrival_nanos);
  Put(&bytes, kMaxArrival, info.max_arrival_nanos);
  Put(&bytes, kAnchorWall, header.anchor_wall_nanos);
  Put(&bytes, kAnchorSteady, header.anchor_steady_nanos);
  Put(&bytes, kPayloadCrc, header.payload_crc);
  Put(&bytes, kHeaderCrc, Crc32c(std::string_view(bytes).substr(0, kHeaderCrc)));
  return bytes;
}

std::optional<ChunkHeader> DecodeChunkHeader(std::string_view bytes) {
  if (bytes.size() != kSize) return std::nullopt;
  if (Get<uint32_t>(bytes, kHeaderCrc) != Crc32c(bytes.substr(0, kHeaderCrc))) return std::nullopt;
  ChunkHeader header;
  header.marker = Get<uint64_t>(bytes, kMarker);
  header.info.offset = Get<uint64_t>(bytes, kOffset);
  header.sequence = Get<uint32_t>(bytes, kSequence);
  header.info.type = static_cast<ChunkType>(Get<uint8_t>(bytes, kType));
  header.info.codec = static_cast<ChunkCodec>(Get<uint8_t>(bytes, kCodec));
  header.flags = Get<uint16_t>(bytes, kFlags);
  header.info.record_count = Get<uint32_t>(bytes, kRecordCount);
  header.info.stored_length = Get<uint32_t>(bytes, kStoredLength);
  header.info.raw_length = Get<uint32_t>(bytes, kRawLength);
  header.info.first_record = Get<uint64_t>(bytes, kFirstRecord);
  header.info.min_arrival_nanos = Get<int64_t>(bytes, kMinArrival);
  header.info.max_arrival_nanos = Get<int64_t>(bytes, kMaxArrival);
  header.anchor_wall_nanos = Get<int64_t>(bytes, kAnchorWall);
  header.anchor_steady_nanos = Get<int64_t>(bytes, kAnchorSteady);
  header.payload_crc = Get<uint32_t>(bytes, kPayloadCrc);
  return header;
}

std::string_view ChunkHeaderFlaw(const ChunkHeader& header, uint64_t marker, uint64_t offset) {
  if (header.marker != marker) return "its header is another file's";
  if (header.info.offset != offset) return "its header belongs elsewhere in the file";
  if (header.flags != 0) return "it has flags that this version does not know";
  if (header.info.raw_length > kMaxRawLength) return "it is longer than a chunk may be";
  // Zstandard payloads are kept only where they save bytes, so the raw bound holds for both.
  if (header.info.stored_length > header.info.raw_length) return "its lengths contradict";
  return {};
}

bool MayReadPast(ChunkType type) {
  switch (type) {
    case ChunkType::kHeader:
    case ChunkType::kRecords:
    case ChunkType::kLateRecords:
    case ChunkType::kBody:
    case ChunkType::kResponses:
    case ChunkType::kFooter:
    case ChunkType::kOutcomes:
      return true;
    case ChunkType::kDictionary:
    case ChunkType::kEncrypted:
      return false;
  }
  return (static_cast<uint8_t>(type) & kCriticalBit) == 0;
}

std::string EncodeTrailer(const Trailer& trailer) {
  std::string bytes(kTrailerSize, '\0');
  Put(&bytes, kTrailerFooterOffset, trailer.footer_offset);
  Put(&bytes, kTrailerMarker, trailer.marker);
  Put(&bytes, kTrailerCrc, Crc32c(std::string_view(bytes).substr(0, kTrailerCrc)));
  bytes.replace(kTrailerMagicAt, kTrailerMagic.size(), kTrailerMagic);
  return bytes;
}

std::optional<Trailer> DecodeTrailer(std::string_view bytes) {
  if (bytes.size() != kTrailerSize || bytes.substr(kTrailerMagicAt) != kTrailerMagic ||
      Get<uint32_t>(bytes, kTrailerCrc) != Crc32c(bytes.substr(0, kTrailerCrc))) {
    return std::nullopt;
  }
  return Trailer{Get<uint64_t>(bytes, kTrailerFooterOffset), Get<uint64_t>(bytes, kTrailerMarker)};
}

}  // namespace shadowreel
