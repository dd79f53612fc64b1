#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace shadowreel {

// Counts by a few words of text, as reports show them.
using CountsByText = std::map<std::string, uint64_t, std::less<>>;

// What became of every record that a replay read. The planner counts the first five, `filtered_by`
// and `skipped_by`; the rest comes from outcomes (outcome_log.h, AddOutcomes).
struct ReplayLedger {
  uint64_t read = 0;
  uint64_t filtered = 0;
  uint64_t sampled_out = 0;
  uint64_t skipped = 0;
  uint64_t planned = 0;  // intended time inside the run
  uint64_t shed = 0;
  uint64_t cancelled = 0;
  uint64_t unsent = 0;
  uint64_t sent = 0;
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t timed_out = 0;
  uint64_t abandoned = 0;

  CountsByText filtered_by;  // the condition: "method", "host", "path", "header"
  CountsByText skipped_by;
  CountsByText shed_by;
  CountsByText unsent_by;
  CountsByText failed_by;

  // kInternal, naming the first of these that does not hold, with its numbers:
  //   read = filtered + sampled_out + skipped + planned
  //   planned = shed + cancelled + unsent + sent
  //   sent = completed + failed + timed_out + abandoned
  // and that each breakdown sums up to its count.
  absl::Status CheckIdentities() const;
};

}  // namespace shadowreel
