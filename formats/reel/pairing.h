#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace shadowreel {

// Of a record whose content has no equal on the other side: digests of record_digest.h.
struct PairingKeys {
  uint64_t request_id = 0;  // 0: none
  uint64_t method_and_target = 0;
  uint64_t all_but_method_and_target = 0;
};

struct Pairing {
  std::vector<std::pair<size_t, size_t>> pairs;  // indexes into a and b, by the first
  std::vector<size_t> only_a;
  std::vector<size_t> only_b;
};

// Guesses which record of `a` became which of `b`, both in order of arrival: by a request id that
// is unique on both sides; else by method and target, the k-th with the k-th; else by all that is
// not method and target.
Pairing PairLeftovers(const std::vector<PairingKeys>& a, const std::vector<PairingKeys>& b);

}  // namespace shadowreel
