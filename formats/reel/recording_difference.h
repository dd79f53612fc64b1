#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/reel/notices.h"
#include "formats/reel/record_comparison.h"
#include "formats/reel/spill_file.h"
#include "formats/reel/tolerance.h"
#include "formats/segment/trace_reader.h"

namespace shadowreel {

struct RecordingDifference {
  // A pair that differs, or a record that stands on one side only.
  struct Example {
    std::optional<uint64_t> number_a;
    std::optional<uint64_t> number_b;
    std::string request;  // method and target; safe on a terminal
    std::vector<Difference> differences;
  };

  uint64_t equal = 0;      // pairs, the tolerated ones among them
  uint64_t tolerated = 0;  // pairs that differ in tolerated ways only
  uint64_t changed = 0;    // pairs
  uint64_t only_a = 0;     // records
  uint64_t only_b = 0;
  std::array<uint64_t, kDifferenceKinds> changed_by_kind{};   // pairs that show that kind
  std::array<uint64_t, kToleratedForms> tolerated_by_form{};  // tolerated pairs that show that form
  std::vector<Example> examples;  // the first ten: changed pairs, then one side's

  bool any() const { return changed + only_a + only_b > 0; }
};

// Compares the contents of two traces whatever their order. Pairs are, in turn, records of equal
// content, the k-th with the k-th, and then as PairLeftovers says. A request id is part of the
// content, so equal content never joins two ids. What is tolerated is found by comparing the two
// records of a pair, so its counts are exact; digests only find the pair.
//
// Reads everything once, and what has no equal twice more; where partners stand far apart, chunks
// of B are read again for every 32 chunks of A.
// Memory: flat, at most seven sorts of `space`, and 72 MiB of chunks while five sorts are there.
// What does not fit (some 250,000 records a side at 16 MiB a sort) spills to `space.directory`: 48
// bytes for each record that has an equal, and at most 180 for each that has none.
absl::StatusOr<RecordingDifference> CompareRecordings(const TraceReader& a, const TraceReader& b,
                                                      const Tolerances& tolerances,
                                                      const SortSpace& space, Notices& notices);

}  // namespace shadowreel
