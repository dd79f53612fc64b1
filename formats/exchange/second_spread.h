#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "formats/exchange/importer.h"

namespace shadowreel {

// Gives requests whose time is known to the second a place within it: those that follow each other
// and share a second are spread over it at random, by a seed, in the order they came in. Holds the
// requests of one second, up to a bound; where there are more, the first ones get the first half of
// what is left of the second. Not thread-safe.
class SecondSpread {
 public:
  static constexpr size_t kMaxRequests = 65536;
  static constexpr size_t kMaxBytes = size_t{64} << 20;

  explicit SecondSpread(uint64_t seed) : state_(seed) {}

  void Add(ImportedRequest request, bool whole_second);
  void Finish();  // no more come
  // The next request whose time is settled; false when there is none yet.
  bool Next(ImportedRequest* request);

 private:
  void Release(bool last);
  uint64_t Draw();

  uint64_t state_;
  std::vector<ImportedRequest> group_;  // share a second
  size_t group_bytes_ = 0;
  Nanos begin_{0};  // of what is left of the second
  std::deque<ImportedRequest> ready_;
};

}  // namespace shadowreel
