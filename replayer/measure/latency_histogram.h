#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/clock.h"

namespace shadowreel {

// Counts durations in log-linear buckets (the idea of HdrHistogram): every power of two is cut
// into 256, so a bucket is at most 1/256 = 0.39 % of its values wide; below 512 ns each nanosecond
// has its own. Durations from 0 to 2^42 ns (1.2 h) are told apart; longer ones share the last
// bucket, negative ones count as 0.
//
// Memory: a page of 2 KiB for each power of two that has been seen, at most 35 of them (70 KiB).
// Not thread-safe.
class LatencyHistogram {
 public:
  static constexpr int kPrecisionBits = 8;
  static constexpr Nanos kLongest{(int64_t{1} << 42) - 1};

  void Record(Nanos duration);

  // Adds what `other` counted.
  void Merge(const LatencyHistogram& other);

  // The smallest bucket's upper end that at least `q` of the durations (0 to 1) do not exceed, and
  // never more than max(). 0 when nothing was recorded.
  Nanos Quantile(double q) const;

  // The same bucket's lower end, and never less than min(): the true quantile lies between both.
  Nanos QuantileFloor(double q) const;

  uint64_t count() const { return count_; }
  // Exact; 0 when nothing was recorded.
  Nanos min() const { return count_ == 0 ? Nanos(0) : min_; }
  Nanos max() const { return max_; }
  Nanos mean() const;

 private:
  static constexpr size_t kPageBuckets = size_t{1} << kPrecisionBits;
  // Page 0 holds 0-255 ns, page k the values from 2^(k+7) to 2^(k+8).
  static constexpr size_t kPages = 42 - kPrecisionBits + 1;
  using Page = std::array<uint64_t, kPageBuckets>;

  struct Place {
    size_t page;
    size_t bucket;
  };

  Page& PageAt(size_t index);
  static Place PlaceOf(uint64_t nanos);
  Place PlaceOfQuantile(double q) const;

  std::array<std::unique_ptr<Page>, kPages> pages_;
  uint64_t count_ = 0;
  double sum_nanos_ = 0;
  Nanos min_ = Nanos::max();
  Nanos max_{0};
};

}  // namespace shadowreel
