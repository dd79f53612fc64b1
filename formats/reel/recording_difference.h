#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/reel/notices.h"
#include "formats/reel/record_comparison.h"
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

  uint64_t equal = 0;    // pairs
  uint64_t changed = 0;  // pairs
  uint64_t only_a = 0;   // records
  uint64_t only_b = 0;
  std::array<uint64_t, kDifferenceKinds> changed_by_kind{};  // pairs that show that kind
  std::vector<Example> examples;  // the first ten: changed pairs, then one side's

  bool any() const { return changed + only_a + only_b > 0; }
};

// Compares the contents of two traces whatever their order: equal contents are paired, the rest
// is matched by PairLeftovers. Reads what differs twice and holds digests, not records: about 50
// bytes for each distinct content, and as much again for each record without an equal.
absl::StatusOr<RecordingDifference> CompareRecordings(const TraceReader& a, const TraceReader& b,
                                                      Notices& notices);

}  // namespace shadowreel
