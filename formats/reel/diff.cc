#include "formats/reel/diff.h"

#include <memory>

#include "base/status.h"
#include "formats/reel/byte_text.h"
#include "formats/reel/recording_access.h"
#include "formats/reel/recording_difference.h"

namespace shadowreel {
namespace {

std::string SideLine(std::string_view name, const std::string& path, const TraceReader& trace) {
  return fmt::format("{} {}: {} records\n", name, EscapeForTerminal(path), trace.records());
}

std::string ExampleTitle(const RecordingDifference::Example& example) {
  if (!example.number_b) return fmt::format("only in A: record {}", *example.number_a);
  if (!example.number_a) return fmt::format("only in B: record {}", *example.number_b);
  return fmt::format("record {} in A, {} in B", *example.number_a, *example.number_b);
}

std::string Render(const RecordingDifference& difference) {
  std::string text =
      fmt::format("equal {}, changed {}, only in A {}, only in B {}\n", difference.equal,
                  difference.changed, difference.only_a, difference.only_b);
  for (size_t kind = 0; kind < kDifferenceKinds; ++kind) {
    const uint64_t count = difference.changed_by_kind[kind];
    if (count == 0) continue;
    text += fmt::format("  {:<16} {:>10}\n", NameOf(static_cast<DifferenceKind>(kind)), count);
  }
  for (const RecordingDifference::Example& example : difference.examples) {
    text += fmt::format("\n{}: {}\n", ExampleTitle(example), example.request);
    for (const Difference& found : example.differences) {
      text += fmt::format("  {}: {}\n", NameOf(found.kind), found.detail);
    }
  }
  const uint64_t all = difference.changed + difference.only_a + difference.only_b;
  if (all > difference.examples.size()) {
    text += fmt::format("\n({} more)\n", all - difference.examples.size());
  }
  return text;
}

}  // namespace

absl::StatusOr<ExitCode> Diff(FileSystem& files, const std::string& path_a,
                              const std::string& path_b, Output& output, Notices& notices) {
  ASSIGN_OR_RETURN(const std::unique_ptr<TraceReader> a, OpenTrace(files, {path_a}, notices));
  ASSIGN_OR_RETURN(const std::unique_ptr<TraceReader> b, OpenTrace(files, {path_b}, notices));
  ASSIGN_OR_RETURN(const RecordingDifference difference, CompareRecordings(*a, *b, notices));
  notices.EndProgress();
  output.Write(SideLine("A", path_a, *a) + SideLine("B", path_b, *b) + Render(difference));
  return difference.any() ? ExitCode::kFailed : ExitCode::kPass;
}

}  // namespace shadowreel
