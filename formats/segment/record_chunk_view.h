#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "formats/record.h"
#include "formats/segment/chunk_header.h"
#include "net/http/fields.h"

namespace shadowreel {

// A record chunk's payload, ready for decoding one record at a time: holds the payload and a small
// index, not the records. The bytes may be anything: every index, length and sum in them is
// checked. Thread-compatible.
class RecordChunkView {
 public:
  // Where a record stands in its trace.
  struct Key {
    int64_t arrival_nanos;
    uint64_t number;
    uint32_t index;  // in stored order
  };

  RecordChunkView() = default;
  RecordChunkView(RecordChunkView&&) = default;
  RecordChunkView& operator=(RecordChunkView&&) = default;

  // Takes the payload of the chunk that `info` describes. Returns what is wrong with it, empty
  // when nothing is.
  std::string_view Parse(std::string payload, const ChunkInfo& info);

  uint64_t offset() const { return offset_; }  // of the chunk in its file
  size_t size() const { return keys_.size(); }
  // In stored order.
  const std::vector<Key>& keys() const { return keys_; }
  // Memory held, roughly, in bytes.
  size_t byte_size() const;

  // Decodes record `index`, all but its recording and a continued body. `continued` receives the
  // length of that, 0 when the body is inline. Returns what is wrong with the record, empty when
  // nothing is. Reuses the memory of `record`.
  std::string_view Decode(size_t index, Record* record, uint64_t* continued) const;

 private:
  std::string_view ParseLists();
  void JoinFields(const std::vector<FieldView>& fields, size_t bytes);
  std::string_view ParseKeys(const ChunkInfo& info);
  // Unix nanoseconds of a record's arrival offset (zigzag).
  int64_t Arrival(uint64_t offset) const;
  template <typename Numbers>
  std::string_view TakeStrings(const Numbers& numbers, Record* record) const;

  std::unique_ptr<const std::string> payload_;  // the views below point into it
  uint64_t offset_ = 0;
  uint64_t first_record_ = 0;
  int64_t base_nanos_ = 0;
  std::vector<std::string_view> strings_;
  // Names and values side by side, as a record wants them: most are copied many times.
  std::unique_ptr<char[]> joined_;
  size_t joined_bytes_ = 0;
  std::vector<Fields::Joined> fields_;
  std::vector<std::string_view> records_;
  std::vector<Key> keys_;
};

}  // namespace shadowreel
