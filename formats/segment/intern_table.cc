#include "formats/segment/intern_table.h"

#define XXH_INLINE_ALL  // short keys: the call would cost as much as the hash
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "formats/segment/record_wire.h"

namespace shadowreel {
namespace {

constexpr size_t kFirstSlots = 1024;

uint64_t Hash(std::string_view name, std::string_view value, uint64_t seed) {
  const uint64_t of_name = XXH3_64bits_withSeed(name.data(), name.size(), seed);
  return XXH3_64bits_withSeed(value.data(), value.size(), of_name);
}

}  // namespace

InternTable::InternTable(Form form, uint32_t field, uint64_t seed)
    : form_(form), field_(field), seed_(seed), slots_(kFirstSlots) {}

uint32_t InternTable::Intern(std::string_view name, std::string_view value, uint32_t guess) {
  if (guess < entries_.size() && Equals(entries_[guess], name, value)) return guess;
  const uint64_t hash = Hash(name, value, seed_);
  const uint32_t tag = static_cast<uint32_t>(hash >> 32);
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].index_plus_one != 0) {
    const uint32_t index = slots_[at].index_plus_one - 1;
    if (slots_[at].tag == tag && Equals(entries_[index], name, value)) return index;
    at = (at + 1) & mask;
  }
  const uint32_t index = Add(name, value);
  slots_[at] = {tag, index + 1};
  hashes_.push_back(hash);
  if (entries_.size() * 2 > slots_.size()) Rehash();
  return index;
}

void InternTable::Clear() {
  wire_.Clear();
  entries_.clear();
  hashes_.clear();
  std::fill(slots_.begin(), slots_.end(), Slot{0, 0});
}

bool InternTable::Equals(const Entry& entry, std::string_view name, std::string_view value) const {
  const std::string_view all = wire_.view();
  return all.substr(entry.name_begin, entry.name_length) == name &&
         all.substr(entry.value_begin, entry.value_length) == value;
}

uint32_t InternTable::Add(std::string_view name, std::string_view value) {
  char* const begin = wire_.Reserve(name.size() + value.size() + 4 * wire::kMaxVarint);
  const size_t base = wire_.size();
  wire::Writer out(begin);
  if (form_ == Form::kPair) {
    const size_t inner = (name.empty() ? 0 : 1 + wire::VarintSize(name.size()) + name.size()) +
                         (value.empty() ? 0 : 1 + wire::VarintSize(value.size()) + value.size());
    out.Varint(wire::Tag(field_, wire::Type::kBytes));
    out.Varint(inner);
    if (!name.empty()) out.Bytes(record_wire::kName, name);
  }
  const size_t name_end = base + static_cast<size_t>(out.at() - begin);
  if (form_ == Form::kSingle) {
    out.Bytes(field_, value);
  } else if (!value.empty()) {
    out.Bytes(record_wire::kValue, value);
  }
  const size_t value_end = base + static_cast<size_t>(out.at() - begin);
  entries_.push_back(
      {static_cast<uint32_t>(name_end - name.size()), static_cast<uint32_t>(name.size()),
       static_cast<uint32_t>(value_end - value.size()), static_cast<uint32_t>(value.size())});
  wire_.CommitTo(out.at());
  return static_cast<uint32_t>(entries_.size() - 1);
}

void InternTable::Rehash() {
  slots_.assign(slots_.size() * 2, Slot{0, 0});
  const size_t mask = slots_.size() - 1;
  for (uint32_t index = 0; index < hashes_.size(); ++index) {
    size_t at = hashes_[index] & mask;
    while (slots_[at].index_plus_one != 0) at = (at + 1) & mask;
    slots_[at] = {static_cast<uint32_t>(hashes_[index] >> 32), index + 1};
  }
}

}  // namespace shadowreel
