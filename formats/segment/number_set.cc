#include "formats/segment/number_set.h"

#include <algorithm>

namespace shadowreel {
namespace {

constexpr size_t kLoose = 4096;  // ranges added before sorting is worth it

}  // namespace

void NumberSet::Add(uint64_t number) {
  if (ranges_.size() > compact_ && ranges_.back().last < UINT64_MAX &&
      ranges_.back().last + 1 == number) {
    ranges_.back().last = number;
    return;
  }
  ranges_.push_back({number, number});
  if (ranges_.size() > 2 * compact_ + kLoose) Compact();
}

const std::vector<NumberRange>& NumberSet::Ranges() {
  Compact();
  return ranges_;
}

void NumberSet::Compact() {
  if (ranges_.size() == compact_) return;
  std::sort(ranges_.begin(), ranges_.end(),
            [](const NumberRange& a, const NumberRange& b) { return a.first < b.first; });
  size_t kept = 0;
  for (const NumberRange& range : ranges_) {
    if (kept > 0 &&
        (ranges_[kept - 1].last == UINT64_MAX || range.first <= ranges_[kept - 1].last + 1)) {
      ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, range.last);
    } else {
      ranges_[kept++] = range;
    }
  }
  ranges_.resize(kept);
  compact_ = kept;
}

uint64_t NumberSet::Missing(uint64_t begin, uint64_t end, std::vector<NumberRange>* missing) {
  uint64_t count = 0;
  const auto add = [&](uint64_t first, uint64_t after) {
    if (first >= after) return;
    count += after - first;
    if (missing->size() < kMaxListed) missing->push_back({first, after - 1});
  };
  uint64_t at = begin;
  for (const NumberRange& range : Ranges()) {
    if (range.last < at) continue;
    if (range.first >= end) break;
    add(at, range.first);
    if (range.last >= end) return count;
    at = range.last + 1;
  }
  add(at, end);
  return count;
}

}  // namespace shadowreel
