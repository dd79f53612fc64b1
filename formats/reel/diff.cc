#include "formats/reel/diff.h"

#include <string>

#include "base/status.h"
#include "formats/byte_text.h"
#include "formats/reel/recording_access.h"
#include "formats/reel/recording_difference.h"
#include "formats/reel/spill_file.h"

namespace shadowreel {
namespace {

// "4,998".
std::string Grouped(uint64_t count) {
  std::string text = std::to_string(count);
  for (size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string SideLine(std::string_view name, const std::string& path, const TraceReader& trace) {
  return fmt::format("{} {}: {} records\n", name, EscapeForTerminal(path),
                     Grouped(trace.records()));
}

std::string ExampleTitle(const RecordingDifference::Example& example) {
  if (!example.number_b) return fmt::format("only in A: record {}", *example.number_a);
  if (!example.number_a) return fmt::format("only in B: record {}", *example.number_b);
  return fmt::format("record {} in A, {} in B", *example.number_a, *example.number_b);
}

// "tolerated in 5 of the equal pairs: host moved to the front 4; host spelled Host 2".
std::string RenderTolerated(const RecordingDifference& difference) {
  if (difference.tolerated == 0) return "";
  std::string forms;
  for (size_t form = 0; form < kToleratedForms; ++form) {
    const uint64_t count = difference.tolerated_by_form[form];
    if (count == 0) continue;
    forms += fmt::format("{}{} {}", forms.empty() ? "" : "; ",
                         NameOf(static_cast<ToleratedForm>(form)), Grouped(count));
  }
  return fmt::format("tolerated in {} of the equal pairs: {}\n", Grouped(difference.tolerated),
                     forms);
}

std::string Render(const RecordingDifference& difference) {
  std::string text = fmt::format("equal {}, changed {}, only in A {}, only in B {}\n",
                                 Grouped(difference.equal), Grouped(difference.changed),
                                 Grouped(difference.only_a), Grouped(difference.only_b));
  for (size_t kind = 0; kind < kDifferenceKinds; ++kind) {
    const uint64_t count = difference.changed_by_kind[kind];
    if (count == 0) continue;
    text +=
        fmt::format("  {:<16} {:>10}\n", NameOf(static_cast<DifferenceKind>(kind)), Grouped(count));
  }
  text += RenderTolerated(difference);
  for (const RecordingDifference::Example& example : difference.examples) {
    text += fmt::format("\n{}: {}\n", ExampleTitle(example), example.request);
    for (const Difference& found : example.differences) {
      text += fmt::format("  {}: {}\n", NameOf(found.kind), found.detail);
    }
  }
  const uint64_t all = difference.changed + difference.only_a + difference.only_b;
  if (all > difference.examples.size()) {
    text += fmt::format("\n({} more)\n", Grouped(all - difference.examples.size()));
  }
  return text;
}

}  // namespace

absl::StatusOr<ExitCode> Diff(FileSystem& files, const DiffOptions& options, Output& output,
                              Notices& notices) {
  ASSIGN_OR_RETURN(const auto a, OpenTrace(files, {options.path_a}, options.recovery, notices));
  ASSIGN_OR_RETURN(const auto b, OpenTrace(files, {options.path_b}, options.recovery, notices));
  const SortSpace space{files, options.temporary_directory};
  ASSIGN_OR_RETURN(const RecordingDifference difference,
                   CompareRecordings(*a, *b, options.tolerances, space, notices));
  notices.EndProgress();
  output.Write(SideLine("A", options.path_a, *a) + SideLine("B", options.path_b, *b) +
               Render(difference));
  return difference.any() ? ExitCode::kFailed : ExitCode::kPass;
}

}  // namespace shadowreel
