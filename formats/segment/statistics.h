#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <string>

#include "formats/record.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// Counts the records of a segment for its footer. Not thread-safe.
class StatisticsCounter {
 public:
  // `body_bytes`: how much of the body is stored.
  void Add(const Record& record, uint64_t body_bytes);

  // With `raw_bytes` and `stored_bytes` left to the caller, who knows the chunks.
  const trace::Statistics& statistics() const { return statistics_; }

 private:
  void AddAuthority(const std::string& authority);

  trace::Statistics statistics_;
  std::string last_authority_;
  absl::flat_hash_set<std::string> authorities_;
};

}  // namespace shadowreel
