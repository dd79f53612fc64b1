#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "formats/segment/recovery_report.h"

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

  // Ascending, disjoint, not adjacent.
  std::vector<NumberRange> Ranges() const;

  // The numbers from `begin` up to `end`, that excluded, which are not in the set: as many ranges
  // as fit into kMaxListed are appended to `missing`; the result counts all of them.
  uint64_t Missing(uint64_t begin, uint64_t end, std::vector<NumberRange>* missing) const;

  size_t ranges() const { return last_by_first_.size(); }

 private:
  const size_t limit_;
  std::map<uint64_t, uint64_t> last_by_first_;  // disjoint, not adjacent
};

}  // namespace shadowreel
