#include "replayer/measure/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace shadowreel {
namespace {

constexpr int kBits = LatencyHistogram::kPrecisionBits;
constexpr uint64_t kBuckets = uint64_t{1} << kBits;

Nanos UpperEnd(size_t page, size_t bucket) {
  if (page == 0) return Nanos(bucket);
  return Nanos(((kBuckets + bucket + 1) << (page - 1)) - 1);
}

Nanos LowerEnd(size_t page, size_t bucket) {
  if (page == 0) return Nanos(bucket);
  return Nanos((kBuckets + bucket) << (page - 1));
}

}  // namespace

LatencyHistogram::Place LatencyHistogram::PlaceOf(uint64_t nanos) {
  if (nanos < kBuckets) return {0, static_cast<size_t>(nanos)};
  const int page = std::bit_width(nanos) - kBits;
  return {static_cast<size_t>(page), static_cast<size_t>((nanos >> (page - 1)) - kBuckets)};
}

LatencyHistogram::Page& LatencyHistogram::PageAt(size_t index) {
  if (pages_[index] == nullptr) pages_[index] = std::make_unique<Page>();
  return *pages_[index];
}

void LatencyHistogram::Record(Nanos duration) {
  const Nanos known = std::max(duration, Nanos(0));
  const Place place = PlaceOf(static_cast<uint64_t>(std::min(known, kLongest).count()));
  ++PageAt(place.page)[place.bucket];
  ++count_;
  sum_nanos_ += static_cast<double>(known.count());
  min_ = std::min(min_, known);
  max_ = std::max(max_, known);
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  for (size_t index = 0; index < kPages; ++index) {
    if (other.pages_[index] == nullptr) continue;
    Page& page = PageAt(index);
    const Page& theirs = *other.pages_[index];
    for (size_t bucket = 0; bucket < kPageBuckets; ++bucket) page[bucket] += theirs[bucket];
  }
  count_ += other.count_;
  sum_nanos_ += other.sum_nanos_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

LatencyHistogram::Place LatencyHistogram::PlaceOfQuantile(double q) const {
  // q * count may come out a hair above the whole number that it means.
  const double exact = q * static_cast<double>(count_) * (1 - 1e-12);
  const uint64_t rank = std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(exact)));
  uint64_t seen = 0;
  for (size_t index = 0; index < kPages; ++index) {
    if (pages_[index] == nullptr) continue;
    for (size_t bucket = 0; bucket < kPageBuckets; ++bucket) {
      seen += (*pages_[index])[bucket];
      if (seen >= rank) return {index, bucket};
    }
  }
  return PlaceOf(static_cast<uint64_t>(kLongest.count()));
}

Nanos LatencyHistogram::Quantile(double q) const {
  if (count_ == 0) return Nanos(0);
  const Place place = PlaceOfQuantile(q);
  const Nanos upper = UpperEnd(place.page, place.bucket);
  // The last bucket also holds what is longer than kLongest.
  return upper == kLongest ? max_ : std::min(upper, max_);
}

Nanos LatencyHistogram::QuantileFloor(double q) const {
  if (count_ == 0) return Nanos(0);
  const Place place = PlaceOfQuantile(q);
  return std::max(LowerEnd(place.page, place.bucket), min_);
}

Nanos LatencyHistogram::mean() const {
  if (count_ == 0) return Nanos(0);
  return Nanos(std::llround(sum_nanos_ / static_cast<double>(count_)));
}

}  // namespace shadowreel
