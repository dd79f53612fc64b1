#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "replayer/measure/outcome.h"

namespace shadowreel {

// Copies of outcomes on their way to the writing thread.
struct OutcomeBatch {
  struct Entry {
    Outcome outcome;
    uint32_t endpoint_bytes;
    uint32_t error_bytes;
  };
  std::vector<Entry> entries;
  std::string texts;  // endpoint and error of the first entry, of the second, ...

  // `endpoint` and `error` are under 4 GiB.
  void Add(const Outcome& outcome, std::string_view endpoint, std::string_view error);
  // Memory in use.
  size_t bytes() const { return entries.size() * sizeof(Entry) + texts.size(); }
};

// The batch as payload of one chunk (formats/outcome.proto, OutcomeChunk). Pure.
std::string EncodeOutcomes(const OutcomeBatch& batch, WallTime run_start);

}  // namespace shadowreel
