#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace shadowreel {

// The numbers that segment writer and reader share. segment_format.md is the normative text; all
// integers in a file are little-endian.

// First eight bytes: a byte over 0x7f, CR LF, ctrl-Z and LF show a text-mode transfer (as PNG
// does); the last byte is the container's version.
inline constexpr std::string_view kSegmentMagic{"\x89SR\r\n\x1a\n\x01", 8};

// Last bytes of a sealed segment: u64 footer offset, u64 marker, u32 CRC32C of those sixteen
// bytes, this magic.
inline constexpr std::string_view kTrailerMagic{"SRz\n", 4};
inline constexpr size_t kTrailerSize = 24;

// Layout of a chunk header; the payload follows at once.
namespace chunk_header {
inline constexpr size_t kMarker = 0;         // u64, random per file, not 0
inline constexpr size_t kOffset = 8;         // u64, where this header stands in the file
inline constexpr size_t kSequence = 16;      // u32, of this chunk in the file, from 0
inline constexpr size_t kType = 20;          // u8, ChunkType; bit 7 set: critical
inline constexpr size_t kCodec = 21;         // u8, ChunkCodec
inline constexpr size_t kFlags = 22;         // u16, 0; a reader refuses bits it does not know
inline constexpr size_t kRecordCount = 24;   // u32
inline constexpr size_t kStoredLength = 28;  // u32, bytes of payload in the file
inline constexpr size_t kRawLength = 32;     // u32, bytes of payload decompressed
inline constexpr size_t kReserved = 36;      // u32, 0; ignored
inline constexpr size_t kFirstRecord = 40;   // u64
inline constexpr size_t kMinArrival = 48;    // i64, Unix nanoseconds; 0 without records
inline constexpr size_t kMaxArrival = 56;    // i64
inline constexpr size_t kAnchorWall = 64;    // i64, both clocks read together when the chunk closed
inline constexpr size_t kAnchorSteady = 72;  // i64
inline constexpr size_t kPayloadCrc = 80;    // u32, CRC32C of the stored payload
inline constexpr size_t kHeaderCrc = 84;     // u32, CRC32C of the bytes before it
inline constexpr size_t kSize = 88;
}  // namespace chunk_header

inline constexpr uint8_t kCriticalBit = 0x80;

// A reader skips unknown types without the critical bit and refuses unknown ones with it.
enum class ChunkType : uint8_t {
  kHeader = 0x81,       // trace.proto SegmentHeader: first chunk, and every 64 MiB
  kRecords = 0x82,      // RecordChunk
  kLateRecords = 0x83,  // RecordChunk of records that took over a second to arrive
  kBody = 0x84,         // BodyPiece
  kResponses = 0x05,    // ResponseChunk
  kFooter = 0x06,       // SegmentFooter: last chunk
  kOutcomes = 0x87,     // OutcomeChunk, in segments of kind OUTCOMES
  kDictionary = 0x88,   // reserved: trained compression dictionary
  kEncrypted = 0x89,    // reserved: encrypted payload of another type
};

// Reserved: 2, zstd with the dictionary of the file's dictionary chunk.
enum class ChunkCodec : uint8_t { kPlain = 0, kZstd = 1 };

// A chunk is closed when it reaches one of these; a body longer than kMaxInlineBody is cut into
// pieces of at most that.
inline constexpr size_t kChunkRawBytes = size_t{1} << 20;
inline constexpr size_t kChunkRecords = 4096;
inline constexpr size_t kChunkEntries = 16384;  // interned strings and fields
inline constexpr size_t kMaxInlineBody = size_t{1} << 20;

// Records that took longer to arrive go to the late lane.
inline constexpr int64_t kLateNanos = 1'000'000'000;

// The largest record: everything but its body as RecordHeadBound (record_chunk_builder.h) counts
// it, and its body. Interning lets few bytes stand for many, so a reader bounds both, too.
inline constexpr size_t kMaxRecordHead = size_t{1} << 20;
inline constexpr uint64_t kMaxBody = uint64_t{1} << 30;

// A response's body is cut at this length, its head (ResponseHeadBound) bounded like a record's. A
// response chunk's table may pass kChunkEntries by the fields of one response.
inline constexpr size_t kMaxResponseBody = size_t{1} << 20;
inline constexpr size_t kMaxResponseEntries = kChunkEntries + kMaxRecordHead / 24;

// Distinct authorities that a footer's statistics list.
inline constexpr int kMaxAuthorities = 256;

// A reader refuses longer payloads before it allocates anything.
inline constexpr size_t kMaxRawLength = size_t{16} << 20;

inline constexpr size_t kUuidSize = 16;

inline constexpr uint64_t kHeaderRepeatBytes = uint64_t{64} << 20;

inline constexpr std::string_view kSealedSuffix = ".seg";
inline constexpr std::string_view kOpenSuffix = ".seg.open";
// A recovered segment before it is whole; the original, kept where more than a torn tail was left
// out.
inline constexpr std::string_view kRecoveringSuffix = ".seg.recovering";
inline constexpr std::string_view kDamagedSuffix = ".seg.damaged";

}  // namespace shadowreel
