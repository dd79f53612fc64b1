#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/segment/recovery_report.h"

namespace shadowreel {

// Record numbers, kept as ranges: numbers that come nearly in order take nearly no memory. Not
// thread-safe.
class NumberSet {
 public:
  void Add(uint64_t number);

  // Sorted, disjoint, not adjacent.
  const std::vector<NumberRange>& Ranges();

  // The numbers from `begin` up to `end`, that excluded, which are not in the set: as many ranges
  // as fit into kMaxListed are appended to `missing`; the result counts all of them.
  uint64_t Missing(uint64_t begin, uint64_t end, std::vector<NumberRange>* missing);

 private:
  void Compact();

  std::vector<NumberRange> ranges_;  // the first `compact_` are as Ranges() promises
  size_t compact_ = 0;
};

}  // namespace shadowreel
