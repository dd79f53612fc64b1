#include "formats/reel/exchange_report.h"

#include <fmt/format.h>

#include <string_view>

namespace shadowreel {
namespace {

void AppendEntries(std::string_view title, const Tally::Entries& entries,
                   std::vector<std::string>* lines) {
  if (entries.empty()) return;
  uint64_t total = 0;
  for (const auto& [kind, entry] : entries) total += entry.count;
  lines->push_back(fmt::format("{} {}:", title, total));
  for (const auto& [kind, entry] : entries) {
    std::string places;
    for (const std::string& place : entry.places) places += (places.empty() ? "" : "; ") + place;
    if (entry.count > entry.places.size()) places += "; ...";
    lines->push_back(fmt::format("{:>12}  {} ({})", entry.count, kind, places));
  }
}

}  // namespace

std::vector<std::string> TallyLines(const Tally& tally) {
  std::vector<std::string> lines;
  AppendEntries("left out", tally.entries(), &lines);
  AppendEntries("not as it was", tally.changes(), &lines);
  return lines;
}

}  // namespace shadowreel
