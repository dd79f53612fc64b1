#include "base/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace shadowreel {
namespace {

constexpr size_t kMostChanges = 3;

size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string NearestName(const std::string& name, const std::vector<std::string>& known) {
  std::string nearest;
  size_t limit = std::min(kMostChanges + 1, name.size());
  for (const std::string& one : known) {
    // Names may come from anybody and be long: what cannot be near is not measured.
    if (std::max(one.size(), name.size()) - std::min(one.size(), name.size()) >= limit) continue;
    if (const size_t distance = Distance(name, one); distance < limit) {
      limit = distance;
      nearest = one;
    }
  }
  return nearest;
}

}  // namespace shadowreel
