#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace shadowreel {

// Sizes in bytes, counted in buckets: exact below 256, else to 1/128 of the size. Holds 60 KB
// whatever it counts. Not thread-safe.
class SizeHistogram {
 public:
  SizeHistogram();
  void Add(uint64_t bytes);

  // The least size that at least `percent` (over 0, up to 100) of all do not pass; rounded up to
  // its bucket's end, but never over max(). 0 without sizes.
  uint64_t Percentile(double percent) const;
  uint64_t max() const { return max_; }
  uint64_t count() const { return count_; }

 private:
  std::vector<uint64_t> buckets_;
  uint64_t count_ = 0;
  uint64_t max_ = 0;
};

}  // namespace shadowreel
