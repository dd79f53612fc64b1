#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/response.h"
#include "formats/segment/chunk_header.h"
#include "formats/segment/intern_table.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// Bytes that a response without its body takes at most, as kMaxRecordHead counts them.
size_t ResponseHeadBound(const Response& response);

// Builds the payload of one ResponseChunk after the other. Not thread-safe.
class ResponseChunkBuilder {
 public:
  // `seed`: see InternTable.
  explicit ResponseChunkBuilder(uint64_t seed);

  // Adds the response to a record, which has no other. A body over kMaxResponseBody is cut, and
  // the response marked as truncated.
  void Add(uint64_t record_number, const Response& response);

  // The payload, responses by record number. Empties the builder for the next chunk.
  std::string Take();

  // Whether the chunk must be closed now, and before a response of at most `bound` bytes.
  bool Full() const;
  bool FullWith(size_t bound) const;

  uint32_t responses() const { return static_cast<uint32_t>(chunk_.responses_size()); }
  uint64_t first_record() const { return first_record_; }  // the least

 private:
  void InternFields(const Fields& fields, google::protobuf::RepeatedField<uint32_t>* indexes);
  size_t raw_bytes() const { return fields_.wire().size() + responses_bytes_; }

  InternTable fields_;
  trace::ResponseChunk chunk_;  // without its fields
  size_t responses_bytes_ = 0;
  uint64_t first_record_ = UINT64_MAX;
};

// A response chunk's payload, checked whole: its bytes may have been anything. Thread-compatible.
class ResponseChunkView {
 public:
  // Takes the payload of the chunk that `info` describes. Returns what is wrong with it, empty
  // when nothing is.
  std::string_view Parse(std::string_view payload, const ChunkInfo& info);

  size_t size() const { return static_cast<size_t>(chunk_.responses_size()); }
  uint64_t number(size_t index) const;  // of the record; they grow
  // Memory held, roughly, in bytes.
  size_t byte_size() const { return byte_size_; }

  void Decode(size_t index, Response* response) const;
  // Decodes the response to a record; false when it is not here.
  bool Find(uint64_t record_number, Response* response) const;

 private:
  std::string_view CheckResponse(const trace::Response& response) const;

  trace::ResponseChunk chunk_;
  size_t byte_size_ = 0;
};

}  // namespace shadowreel
