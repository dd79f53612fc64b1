#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/record.h"
#include "formats/segment/chunk_header.h"
#include "formats/segment/segment_reader.h"
#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {

// Segments of SampleRecord()s for tests that damage them. "d/s.seg", numbers from 1.
struct BuiltSegment {
  std::string bytes;
  std::vector<ChunkInfo> chunks;  // before the footer
  uint64_t footer = 0;            // its offset
};

struct BuiltSegmentOptions {
  uint64_t records = 9;
  uint64_t per_chunk = 3;  // a flush after so many
  uint64_t late_each = 0;  // > 0: every so many-th record is late
  uint64_t continued = 0;  // > 0: the number of a record with a body in three pieces
  bool seal = true;
};

BuiltSegment BuildSegment(const BuiltSegmentOptions& options = {});

// The record that BuildSegment puts under `number`.
Record BuiltRecord(uint64_t number, const BuiltSegmentOptions& options = {});

// Numbers of all records that a reader gives; each is compared with BuiltRecord.
std::vector<uint64_t> ReadNumbers(const SegmentReader& reader,
                                  const BuiltSegmentOptions& options = {});

// `bytes` with one bit changed.
std::string Flipped(std::string bytes, uint64_t at);

// From `first` to `last`.
std::vector<uint64_t> Numbers(uint64_t first, uint64_t last);

}  // namespace shadowreel
