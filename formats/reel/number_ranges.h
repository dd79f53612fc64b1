#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace shadowreel {

// A set of numbers kept as ranges: consecutive numbers, in almost any order, take no memory.
// Not thread-safe.
class NumberRanges {
 public:
  enum class Added { kNew, kDuplicate, kFull };

  // `limit`: ranges that it may hold.
  explicit NumberRanges(size_t limit) : limit_(limit) {}

  // kFull: the number is new, but too far from the others; it was not added.
  Added Add(uint64_t number);

  bool Contains(uint64_t number) const;

  size_t ranges() const { return last_by_first_.size(); }

 private:
  const size_t limit_;
  std::map<uint64_t, uint64_t> last_by_first_;  // disjoint, not adjacent
};

}  // namespace shadowreel
