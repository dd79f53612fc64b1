#include "formats/reel/rate_series.h"

#include <algorithm>

namespace shadowreel {

void RateSeries::Add(WallTime arrival) {
  if (records_.empty()) {
    constexpr Nanos kSecond = std::chrono::seconds(1);
    Nanos rest = arrival.time_since_epoch() % kSecond;
    if (rest < Nanos(0)) rest += kSecond;
    begin_ = arrival - rest;
  }
  // Unsigned: no difference overflows.
  const uint64_t since = static_cast<uint64_t>(arrival.time_since_epoch().count()) -
                         static_cast<uint64_t>(begin_.time_since_epoch().count());
  while (since / period_nanos_ >= kPeriods) Double();
  const size_t index = since / period_nanos_;
  if (index >= records_.size()) records_.resize(index + 1);
  ++records_[index];
}

void RateSeries::Double() {
  for (size_t i = 0; i < records_.size(); ++i) {
    const uint64_t records = records_[i];
    records_[i] = 0;
    records_[i / 2] += records;
  }
  records_.resize((records_.size() + 1) / 2);
  period_nanos_ *= 2;
}

std::string Sparkline(const std::vector<uint64_t>& values, bool unicode) {
  constexpr std::array<const char*, 8> kBlocks = {"\u2581", "\u2582", "\u2583", "\u2584",
                                                  "\u2585", "\u2586", "\u2587", "\u2588"};
  constexpr std::array<const char*, 8> kAscii = {".", ":", "-", "=", "+", "*", "#", "@"};
  std::string line;
  if (values.empty()) return line;
  const auto most = static_cast<double>(*std::max_element(values.begin(), values.end()));
  for (const uint64_t value : values) {
    if (value == 0) {
      line += ' ';
      continue;
    }
    const double share = static_cast<double>(value) / most;
    const size_t level = std::min(static_cast<size_t>(share * 8), kBlocks.size() - 1);
    line += unicode ? kBlocks[level] : kAscii[level];
  }
  return line;
}

}  // namespace shadowreel
