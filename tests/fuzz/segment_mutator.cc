// libFuzzer's mutator for segment files: changes what chunks hold and how they stand in the file,
// then mends checksums, offsets and index, so that the reader gets to see it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/segment/chunk_header.h"
#include "formats/segment/payload_codec.h"
#include "formats/segment/segment_format.h"
#include "formats/trace.pb.h"
#include "tests/fuzz/wire_mutator.h"

namespace shadowreel {
namespace {

using Random = std::minstd_rand;

constexpr size_t kMostRaw = size_t{1} << 16;  // of a payload that is taken apart

struct Chunk {
  ChunkHeader header;
  std::string stored;
};

// The chunks from the magic on, and what follows them.
struct Segment {
  std::vector<Chunk> chunks;
  std::string rest;
};

Segment Parse(std::string_view bytes) {
  Segment segment;
  size_t at = std::min(kSegmentMagic.size(), bytes.size());
  while (const auto header = DecodeChunkHeader(bytes.substr(at, chunk_header::kSize))) {
    at += chunk_header::kSize;
    segment.chunks.push_back({*header, std::string(bytes.substr(at, header->info.stored_length))});
    at = std::min(at + header->info.stored_length, bytes.size());
  }
  segment.rest = bytes.substr(at);
  return segment;
}

ChunkInfo& At(Segment* segment, size_t index) { return segment->chunks[index].header.info; }

// Puts the chunks' own offsets, sequence, lengths and checksums right.
void MendChunks(Segment* segment) {
  uint64_t at = kSegmentMagic.size();
  uint32_t sequence = 0;
  for (Chunk& chunk : segment->chunks) {
    ChunkInfo& info = chunk.header.info;
    chunk.header.sequence = sequence++;
    chunk.header.marker = segment->chunks.front().header.marker;
    chunk.header.payload_crc = Crc32c(chunk.stored);
    info.offset = at;
    info.stored_length = static_cast<uint32_t>(chunk.stored.size());
    if (info.codec == ChunkCodec::kPlain) info.raw_length = info.stored_length;
    at = info.end();
  }
}

trace::ChunkEntry EntryOf(const ChunkInfo& info) {
  trace::ChunkEntry entry;
  entry.set_offset(info.offset);
  entry.set_first_record(info.first_record);
  entry.set_min_arrival_nanos(info.min_arrival_nanos);
  entry.set_max_arrival_nanos(info.max_arrival_nanos);
  entry.set_record_count(info.record_count);
  entry.set_stored_length(info.stored_length);
  entry.set_raw_length(info.raw_length);
  entry.set_type(static_cast<uint8_t>(info.type));
  entry.set_codec(static_cast<uint8_t>(info.codec));
  return entry;
}

// Lets the footer, when it is the last chunk, describe the others.
void MendFooter(Segment* segment) {
  Chunk& last = segment->chunks.back();
  trace::SegmentFooter footer;
  if (last.header.info.type != ChunkType::kFooter || !footer.ParseFromString(last.stored)) return;
  footer.clear_chunks();
  for (size_t i = 0; i + 1 < segment->chunks.size(); ++i) {
    *footer.add_chunks() = EntryOf(At(segment, i));
  }
  footer.mutable_header()->ParseFromString(segment->chunks.front().stored);
  last.stored = footer.SerializeAsString();
}

std::string Serialize(const Segment& segment) {
  std::string bytes(kSegmentMagic);
  for (const Chunk& chunk : segment.chunks) {
    bytes += EncodeChunkHeader(chunk.header);
    bytes += chunk.stored;
  }
  return bytes + segment.rest;
}

std::string Mended(Segment segment, Random* random) {
  if ((*random)() % 16 != 0) MendChunks(&segment);
  if ((*random)() % 4 != 0) {
    MendFooter(&segment);
    MendChunks(&segment);
  }
  if ((*random)() % 16 != 0) {
    const Chunk& last = segment.chunks.back();
    segment.rest = EncodeTrailer({last.header.info.offset, last.header.marker});
  }
  return Serialize(segment);
}

// The payload as its message, decompressed for good.
void MutatePayload(Chunk* chunk, size_t room, Random* random) {
  ChunkInfo& info = chunk->header.info;
  std::string raw;
  if (info.codec == ChunkCodec::kZstd && info.raw_length <= kMostRaw &&
      DecodePayload(info.codec, chunk->stored, info.raw_length, &raw).empty()) {
    chunk->stored = std::move(raw);
    info.codec = ChunkCodec::kPlain;
  }
  chunk->stored = MutateMessage(chunk->stored, chunk->stored.size() + room, random);
}

void CompressPayload(Chunk* chunk) {
  ChunkInfo& info = chunk->header.info;
  if (info.codec != ChunkCodec::kPlain) return;
  PayloadEncoder encoder(1);
  const PayloadEncoder::Encoded encoded = encoder.Encode(chunk->stored);
  info.codec = encoded.codec;
  info.raw_length = static_cast<uint32_t>(chunk->stored.size());
  chunk->stored = std::string(encoded.bytes);
}

int64_t WrappingAdd(int64_t a, uint64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + b);
}

void MutateHeader(ChunkHeader* header, Random* random) {
  const uint64_t number = uint64_t{(*random)()} >> (*random)() % 40;
  constexpr ChunkType kTypes[] = {ChunkType::kHeader,      ChunkType::kRecords,
                                  ChunkType::kLateRecords, ChunkType::kBody,
                                  ChunkType::kResponses,   ChunkType::kFooter,
                                  ChunkType::kOutcomes,    static_cast<ChunkType>(0x33)};
  ChunkInfo& info = header->info;
  switch ((*random)() % 8) {
    case 0:
      info.type = kTypes[(*random)() % std::size(kTypes)];
      break;
    case 1:
      info.record_count = static_cast<uint32_t>(number);
      break;
    case 2:
      info.first_record += number;
      break;
    case 3:
      info.min_arrival_nanos = WrappingAdd(info.min_arrival_nanos, ~number);
      break;
    case 4:
      info.max_arrival_nanos = WrappingAdd(info.max_arrival_nanos, number);
      break;
    case 5:
      info.raw_length = static_cast<uint32_t>(number);
      break;
    case 6:
      info.min_arrival_nanos = INT64_MIN;
      info.max_arrival_nanos = INT64_MAX;
      break;
    default:
      info.first_record = ~number;
  }
}

void MoveChunks(Segment* segment, Random* random) {
  std::vector<Chunk>& chunks = segment->chunks;
  const size_t at = (*random)() % chunks.size();
  const size_t other = (*random)() % chunks.size();
  switch ((*random)() % 3) {
    case 0:
      chunks.insert(chunks.begin() + static_cast<std::ptrdiff_t>(other), Chunk(chunks[at]));
      break;
    case 1:
      if (chunks.size() > 1) chunks.erase(chunks.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    default:
      std::swap(chunks[at], chunks[other]);
  }
}

std::string MutateSegment(const std::string& bytes, size_t max_size, Random* random) {
  Segment segment = Parse(bytes);
  if (segment.chunks.empty() || (*random)() % 8 == 0) return MutateBytes(bytes, max_size);
  const size_t room = max_size - bytes.size();
  Chunk& chunk = segment.chunks[(*random)() % segment.chunks.size()];
  switch ((*random)() % 8) {
    case 0:
      MoveChunks(&segment, random);
      break;
    case 1:
      MutateHeader(&chunk.header, random);
      break;
    case 2:
      CompressPayload(&chunk);
      break;
    case 3:
      chunk.stored = MutateBytes(chunk.stored, chunk.stored.size() + room);
      break;
    default:
      MutatePayload(&chunk, room, random);
  }
  return Mended(std::move(segment), random);
}

}  // namespace
}  // namespace shadowreel

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  using namespace shadowreel;
  std::minstd_rand random(seed);
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  std::string mutated = MutateSegment(bytes, max_size, &random);
  mutated.resize(std::min(mutated.size(), max_size));
  std::copy(mutated.begin(), mutated.end(), data);
  return mutated.size();
}
