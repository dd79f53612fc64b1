#pragma once

#include <cstdint>

// Field numbers of trace.proto that are written and read by hand.
namespace shadowreel::record_wire {

// RecordChunk.
enum ChunkField : uint32_t { kBaseNanos = 1, kStrings = 2, kFields = 3, kRecords = 4 };

// Field.
enum FieldField : uint32_t { kName = 1, kValue = 2 };

// Record.
enum RecordField : uint32_t {
  kNumbersSkipped = 1,
  kArrivalOffset = 2,
  kDuration = 3,
  kMethod = 4,
  kTarget = 5,
  kVersion = 6,
  kAuthority = 7,
  kStrippedAuthority = 8,
  kHeaders = 9,
  kFraming = 10,
  kBody = 11,
  kTrailers = 12,
  kContinuedBytes = 13,
  kConnection = 14,
  kStream = 15,
  kPeer = 16,
  kIncomplete = 17,
  kTruncated = 18,
  kWireBodyBytes = 19,
  kWeight = 20,
  kArrivalMeaning = 21,
  kRedactions = 22,
  kRecordFieldEnd
};

// RedactionSpan.
enum RedactionField : uint32_t {
  kPlace = 1,
  kClass = 2,
  kFieldIndex = 3,
  kBegin = 4,
  kLength = 5,
  kRedactionFieldEnd
};

// BodyPiece.
enum BodyPieceField : uint32_t { kPieceBegin = 1, kPieceBytes = 2, kPieceLast = 3 };

}  // namespace shadowreel::record_wire
