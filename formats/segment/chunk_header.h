#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/segment/segment_format.h"

namespace shadowreel {

// One chunk as its header (or the footer) describes it. Kept small: a trace reader holds all of
// a recording's.
struct ChunkInfo {
  uint64_t offset = 0;  // of the chunk header in the file
  uint64_t first_record = 0;
  int64_t min_arrival_nanos = 0;  // Unix time; 0 without records
  int64_t max_arrival_nanos = 0;
  uint32_t record_count = 0;
  uint32_t stored_length = 0;
  uint32_t raw_length = 0;
  ChunkType type = ChunkType::kRecords;
  ChunkCodec codec = ChunkCodec::kPlain;

  // Where the next chunk begins.
  uint64_t end() const { return offset + chunk_header::kSize + stored_length; }
  friend bool operator==(const ChunkInfo&, const ChunkInfo&) = default;
};

// All of a chunk header. segment_format.md, "Chunk header".
struct ChunkHeader {
  ChunkInfo info;
  uint64_t marker = 0;
  uint32_t sequence = 0;
  uint16_t flags = 0;
  int64_t anchor_wall_nanos = 0;
  int64_t anchor_steady_nanos = 0;
  uint32_t payload_crc = 0;
  friend bool operator==(const ChunkHeader&, const ChunkHeader&) = default;
};

// The kSize bytes of a header, its checksum included.
std::string EncodeChunkHeader(const ChunkHeader& header);

// Nothing when `bytes` are not kSize bytes that agree with their checksum. Says nothing of the
// values: see ChunkHeaderFlaw.
std::optional<ChunkHeader> DecodeChunkHeader(std::string_view bytes);

// Why a decoded header, read at `offset` of a file with `marker`, cannot be trusted; empty when it
// can. Bounds the lengths, so that a reader may allocate them.
std::string_view ChunkHeaderFlaw(const ChunkHeader& header, uint64_t marker, uint64_t offset);

// Whether this version knows what to do with the type, or may skip it (segment_format.md, "Chunk
// types").
bool MayReadPast(ChunkType type);

// The end of a sealed segment: where the footer chunk begins, and the file's marker.
struct Trailer {
  uint64_t footer_offset = 0;
  uint64_t marker = 0;
};
std::string EncodeTrailer(const Trailer& trailer);
// Nothing when `bytes` are no intact trailer.
std::optional<Trailer> DecodeTrailer(std::string_view bytes);

}  // namespace shadowreel
