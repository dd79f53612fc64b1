#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/segment/wire.h"

namespace shadowreel {

// Pairs of byte strings (a field's name and value), each kept once, already in the wire form in
// which a RecordChunk lists them. A flat table with one probe sequence an entry; buffers are
// reused. Not thread-safe.
class InternTable {
 public:
  // `form` kPair: entries are Field messages; kSingle: bytes, and every name is empty. `field` is
  // the list's field number. `seed` keeps senders from choosing names that collide.
  enum class Form { kSingle, kPair };
  InternTable(Form form, uint32_t field, uint64_t seed);

  // The entry's index, which it has from now on. `guess` is an index that it may have already:
  // requests resemble the one before, and comparing is cheaper than hashing.
  uint32_t Intern(std::string_view name, std::string_view value, uint32_t guess);

  void Clear();
  size_t size() const { return entries_.size(); }
  // All entries, in the order of their indexes.
  std::string_view wire() const { return wire_.view(); }

 private:
  struct Entry {
    uint32_t name_begin;  // in wire_
    uint32_t name_length;
    uint32_t value_begin;
    uint32_t value_length;
  };
  struct Slot {
    uint32_t tag;             // of the hash
    uint32_t index_plus_one;  // 0: free
  };

  bool Equals(const Entry& entry, std::string_view name, std::string_view value) const;
  uint32_t Add(std::string_view name, std::string_view value);
  void Rehash();

  const Form form_;
  const uint32_t field_;
  const uint64_t seed_;
  wire::Buffer wire_;
  std::vector<Entry> entries_;
  std::vector<uint64_t> hashes_;
  std::vector<Slot> slots_;  // a power of two
};

}  // namespace shadowreel
