#include "replayer/report/text_lines.h"

#include <fmt/format.h>

#include "replayer/measure/wording.h"

namespace shadowreel {
namespace {

constexpr size_t kRunColumns = kColumns - 14;  // behind the name of a line
constexpr size_t kShownTexts = 4;

}  // namespace

std::string CutTo(std::string text, size_t columns) {
  if (text.size() <= columns) return text;
  return text.substr(0, columns - 3) + "...";
}

std::string RunLine(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format("  {:<12}{}\n", name, value);
}

std::string SubsetText(const std::optional<SubsetFacts>& subset) {
  if (!subset.has_value()) return "";
  std::string labels;
  for (const auto& [key, value] : subset->labels) {
    labels += fmt::format("{}{}={}", labels.empty() ? " (" : ", ", key, value);
  }
  if (!labels.empty()) labels += ')';
  const size_t endpoints = subset->endpoints.size();
  return CutTo(fmt::format("{} of {}{}: {} endpoint{}", subset->name, subset->host, labels,
                           FormatCount(endpoints), endpoints == 1 ? "" : "s"),
               kRunColumns);
}

std::string LedgerLine(size_t depth, std::string_view name, uint64_t count,
                       const CountsByText& breakdown) {
  std::string line =
      fmt::format("{:<20}{:>15}", std::string(2 * depth, ' ').append(name), FormatCount(count));
  if (!breakdown.empty()) line += "   " + FormatCounts(breakdown, kShownTexts);
  return CutTo(line, kColumns) + '\n';
}

std::string PlanLedgerLines(const ReplayLedger& ledger) {
  return LedgerLine(1, "read", ledger.read) +
         LedgerLine(2, "filtered", ledger.filtered, ledger.filtered_by) +
         LedgerLine(2, "sampled out", ledger.sampled_out) +
         LedgerLine(2, "skipped", ledger.skipped, ledger.skipped_by) +
         LedgerLine(2, "planned", ledger.planned);
}

}  // namespace shadowreel
