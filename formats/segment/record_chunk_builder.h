#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "formats/record.h"
#include "formats/segment/intern_table.h"
#include "formats/segment/wire.h"

namespace shadowreel {

// Bytes that a record without its body takes at most, in a chunk and in memory, as kMaxRecordHead
// counts them.
size_t RecordHeadBound(const Record& record);

// Builds the payload of one RecordChunk after the other, with reused buffers. Not thread-safe.
class RecordChunkBuilder {
 public:
  // `seed`: see InternTable.
  explicit RecordChunkBuilder(uint64_t seed);

  // Adds a record under `number`, greater than those before it. A `continued` body is left to body
  // chunks.
  void Add(const Record& record, uint64_t number, bool continued);

  // Replaces `raw` with the payload.
  void Build(wire::Buffer* raw) const;

  // Empties it for the next chunk.
  void Clear();

  // Whether the chunk must be closed now, and before a record of at most `bound` bytes.
  bool Full() const;
  bool FullWith(size_t bound) const;

  uint32_t records() const { return records_; }
  uint64_t first_number() const { return first_number_; }
  int64_t min_arrival_nanos() const { return min_arrival_nanos_; }
  int64_t max_arrival_nanos() const { return max_arrival_nanos_; }

 private:
  void Begin(const Record& record, uint64_t number);
  void InternFields(const Fields& fields, std::vector<uint32_t>* indexes);
  void PutRecord(const Record& record, uint64_t number, bool continued, wire::Writer* out);
  // `last` is the index that the record before had there, and receives this one's.
  uint32_t InternString(const std::string& string, uint32_t* last) {
    return *last = strings_.Intern({}, string, *last);
  }
  size_t raw_bytes() const;

  InternTable strings_;
  InternTable fields_;
  wire::Buffer encoded_;  // the records
  // Of the record last added.
  std::vector<uint32_t> headers_;
  std::vector<uint32_t> trailers_;
  uint32_t method_ = 0;
  uint32_t authority_ = 0;
  uint32_t stripped_authority_ = 0;
  uint32_t peer_ = 0;
  uint32_t records_ = 0;
  uint64_t first_number_ = 0;
  int64_t base_nanos_ = 0;
  int64_t min_arrival_nanos_ = 0;
  int64_t max_arrival_nanos_ = 0;
};

}  // namespace shadowreel
