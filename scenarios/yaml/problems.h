#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/nearest_name.h"  // for "did you mean"
#include "scenarios/yaml/place.h"

namespace shadowreel {

enum class Severity : uint8_t { kError, kWarning, kNote };

// One thing that is wrong with a file, and what to do about it, in one line. What the file says is
// quoted with EscapeBeginning (formats/byte_text.h).
struct Problem {
  Place place;
  Severity severity = Severity::kError;
  std::string text;

  // "perf_ci.yaml:7:12: unknown field 'sped'; did you mean 'speed'?"; a warning has "warning: "
  // behind the place, a note "note: ". Always one line: control bytes are escaped.
  std::string Line() const;
};

// All that is wrong with some files, so that everything is said at once. Not thread-safe.
class Problems {
 public:
  // So many errors are kept, and so many warnings and notes; more are counted alone.
  static constexpr size_t kMost = 200;

  // How bad it is what stands in a part that only a reader of everything (a linter) uses: an error
  // for that one, a warning for the others.
  explicit Problems(Severity unused_parts = Severity::kError) : unused_parts_(unused_parts) {}

  void Add(Problem problem);
  void Error(const Place& place, std::string text);
  void Warn(const Place& place, std::string text);
  // In such a part.
  void InUnusedPart(const Place& place, std::string text);

  bool has_errors() const { return errors_ > 0; }
  size_t errors() const { return errors_; }
  // Kept or not.
  size_t warnings() const { return warnings_; }
  size_t notes() const { return notes_; }
  size_t left_out() const { return errors_ + warnings_ + notes_ - problems_.size(); }

  // In the order of their places, errors and warnings together; in the order they were added where
  // places are equal.
  std::vector<Problem> Sorted() const;

  // OK without an error; else a UsageError: all problems, a line each, as Sorted; without a line
  // end at the end; last "and 12 more" when not all were kept.
  absl::Status ToStatus() const;

 private:
  Severity unused_parts_;
  std::vector<Problem> problems_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
  size_t notes_ = 0;
};

}  // namespace shadowreel
