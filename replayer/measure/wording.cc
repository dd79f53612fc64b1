#include "replayer/measure/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace shadowreel {

std::string FormatCount(uint64_t count) {
  std::string text = fmt::format("{}", count);
  for (size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, 1, ',');
  return text;
}

std::string FormatShare(double share) {
  const double percent = 100 * share;
  if (percent > 0 && percent < 0.05) return "<0.1 %";
  if (percent < 100 && percent >= 99.95) return ">99.9 %";
  return fmt::format("{:.1f} %", percent);
}

std::string FormatRate(double per_second) {
  const auto tenths = static_cast<uint64_t>(std::llround(per_second * 10));
  return fmt::format("{}.{}/s", FormatCount(tenths / 10), tenths % 10);
}

std::string FormatCounts(const CountsByText& counts, size_t most) {
  std::vector<std::pair<std::string, uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < std::min(most, sorted.size()); ++i) {
    text +=
        fmt::format("{}{} {}", i == 0 ? "" : ", ", sorted[i].first, FormatCount(sorted[i].second));
  }
  if (sorted.size() > most) text += fmt::format(" and {} more", sorted.size() - most);
  return text;
}

}  // namespace shadowreel
