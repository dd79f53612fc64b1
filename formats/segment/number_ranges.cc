#include "formats/segment/number_ranges.h"

#include <iterator>

namespace shadowreel {

bool NumberRanges::Contains(uint64_t number) const {
  const auto after = last_by_first_.upper_bound(number);
  return after != last_by_first_.begin() && std::prev(after)->second >= number;
}

NumberRanges::Added NumberRanges::Add(uint64_t number) {
  const auto after = last_by_first_.upper_bound(number);
  const auto before = after == last_by_first_.begin() ? last_by_first_.end() : std::prev(after);
  const bool has_before = before != last_by_first_.end();
  if (has_before && before->second >= number) return Added::kDuplicate;

  const bool joins_before = has_before && before->second + 1 == number;
  const bool joins_after = after != last_by_first_.end() && after->first == number + 1;
  const uint64_t last = joins_after ? after->second : number;
  if (!joins_before && !joins_after && last_by_first_.size() >= limit_) return Added::kFull;
  if (joins_after) last_by_first_.erase(after);
  if (joins_before) {
    before->second = last;
  } else {
    last_by_first_.emplace(number, last);
  }
  return Added::kNew;
}

std::vector<NumberRange> NumberRanges::Ranges() const {
  std::vector<NumberRange> all;
  all.reserve(last_by_first_.size());
  for (const auto& [first, last] : last_by_first_) all.push_back({first, last});
  return all;
}

uint64_t NumberRanges::Missing(uint64_t begin, uint64_t end,
                               std::vector<NumberRange>* missing) const {
  uint64_t count = 0;
  const auto add = [&](uint64_t first, uint64_t after) {
    if (first >= after) return;
    count += after - first;
    if (missing->size() < kMaxListed) missing->push_back({first, after - 1});
  };
  uint64_t at = begin;
  for (const auto& [first, last] : last_by_first_) {
    if (last < at) continue;
    if (first >= end) break;
    add(at, first);
    if (last >= end) return count;
    at = last + 1;
  }
  add(at, end);
  return count;
}

}  // namespace shadowreel
