#include "scenarios/yaml/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "formats/byte_text.h"

namespace shadowreel {
namespace {

const char* NameOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "";
    case Severity::kWarning:
      return "warning: ";
    case Severity::kNote:
      return "note: ";
  }
  return "";
}

}  // namespace

std::string Problem::Line() const {
  const std::string at = place.Text();
  return InOneLine(fmt::format("{}{}{}{}", at, at.empty() ? "" : ": ", NameOf(severity), text));
}

void Problems::Add(Problem problem) {
  const bool error = problem.severity == Severity::kError;
  const size_t kept = error ? errors_ : warnings_ + notes_;
  ++(error ? errors_ : problem.severity == Severity::kWarning ? warnings_ : notes_);
  if (kept < kMost) problems_.push_back(std::move(problem));
}

void Problems::Error(const Place& place, std::string text) {
  Add({place, Severity::kError, std::move(text)});
}

void Problems::Warn(const Place& place, std::string text) {
  Add({place, Severity::kWarning, std::move(text)});
}

void Problems::InUnusedPart(const Place& place, std::string text) {
  Add({place, unused_parts_, std::move(text)});
}

std::vector<Problem> Problems::Sorted() const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem& a, const Problem& b) { return a.place < b.place; });
  return sorted;
}

absl::Status Problems::ToStatus() const {
  if (!has_errors()) return absl::OkStatus();
  std::vector<std::string> lines;
  for (const Problem& problem : Sorted()) lines.push_back(problem.Line());
  if (left_out() > 0) lines.push_back(fmt::format("and {} more", left_out()));
  return UsageError("{}", fmt::join(lines, "\n"));
}

}  // namespace shadowreel
