#include "formats/reel/size_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace shadowreel {
namespace {

// Each power of two has so many buckets.
constexpr unsigned kBits = 7;
constexpr uint64_t kPerPower = uint64_t{1} << kBits;
constexpr size_t kBuckets = (64 - kBits + 1) * kPerPower;

// How far sizes of this magnitude are shifted to keep their leading bits.
unsigned ShiftOf(uint64_t bytes) {
  const auto width = static_cast<unsigned>(std::bit_width(bytes));
  return width > kBits + 1 ? width - kBits - 1 : 0;
}

size_t IndexOf(uint64_t bytes) {
  const unsigned shift = ShiftOf(bytes);
  return shift * kPerPower + (bytes >> shift);
}

// The greatest size in a bucket.
uint64_t EndOf(size_t index) {
  if (index < 2 * kPerPower) return index;
  const unsigned shift = static_cast<unsigned>(index / kPerPower) - 1;
  const uint64_t leading = index - shift * kPerPower;
  return ((leading + 1) << shift) - 1;
}

}  // namespace

SizeHistogram::SizeHistogram() : buckets_(kBuckets) {}

void SizeHistogram::Add(uint64_t bytes) {
  ++buckets_[IndexOf(bytes)];
  ++count_;
  max_ = std::max(max_, bytes);
}

uint64_t SizeHistogram::Percentile(double percent) const {
  const auto wanted = static_cast<uint64_t>(std::ceil(percent / 100 * static_cast<double>(count_)));
  uint64_t passed = 0;
  for (size_t index = 0; index < kBuckets; ++index) {
    passed += buckets_[index];
    if (passed > 0 && passed >= wanted) return std::min(EndOf(index), max_);
  }
  return max_;
}

}  // namespace shadowreel
