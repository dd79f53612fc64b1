#include "tests/fuzz/yaml_places.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace shadowreel {
namespace {

void CheckTree(const YamlNode& node, std::string_view text, size_t depth, size_t* places) {
  // Finding a line takes time, so of very many places only the first are looked at.
  constexpr size_t kMostPlaces = 1000;
  CHECK(depth <= kMostYamlDepth);
  CHECK(node.IsScalar() || (node.text.empty() && !node.quoted));
  CHECK(node.IsList() || node.items.empty());
  CHECK(node.IsMap() || node.entries.empty());
  if (++*places < kMostPlaces) CheckPlace(node.place, text);
  for (const YamlNode& item : node.items) CheckTree(item, text, depth + 1, places);
  for (const auto& [key, place, value] : node.entries) {
    if (++*places < kMostPlaces) CheckPlace(place, text);
    CheckTree(value, text, depth + 1, places);
  }
}

}  // namespace

void CheckPlace(const Place& place, std::string_view text) {
  CHECK(place.file != nullptr && place.line >= 1 && place.column >= 1);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (int line = 1; line < place.line; ++line) {
    const size_t end = text.find('\n');
    CHECK(end != std::string_view::npos);
    text.remove_prefix(end + 1);
  }
  const size_t end = std::min(text.find('\n'), text.size());
  CHECK(static_cast<size_t>(place.column) <= end + 1);
}

void CheckPlaces(const YamlNode& node, std::string_view text) {
  size_t places = 0;
  CheckTree(node, text, 0, &places);
}

std::string CheckProblems(const Problems& problems, const std::string& file,
                          std::string_view text) {
  const std::vector<Problem> sorted = problems.Sorted();
  CHECK(sorted.size() <= 2 * Problems::kMost);
  CHECK(problems.has_errors() == !problems.ToStatus().ok());
  std::string all;
  for (size_t i = 0; i < sorted.size(); ++i) {
    CHECK(i == 0 || !(sorted[i].place < sorted[i - 1].place));
    const Place& place = sorted[i].place;
    if (place.line > 0 && *place.file == file) CheckPlace(place, text);
    const std::string line = sorted[i].Line();
    CHECK(!sorted[i].text.empty() && line.find('\n') == std::string::npos);
    all += line + '\n';
  }
  return all;
}

}  // namespace shadowreel

// Trees are made of many small pieces: of these, what AddressSanitizer keeps from being used again
// takes more than tools/check grants a target.
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=32"; }
