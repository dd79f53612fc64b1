#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "formats/record.h"

namespace shadowreel {

// Of a record whose content has no equal on the other side: digests of record_digest.h.
struct PairingKeys {
  uint64_t request_id = 0;  // 0: none
  uint64_t method_and_target = 0;
  uint64_t all_but_method_and_target = 0;
  // Of the content with what is tolerated taken out (tolerance.h); 0: nothing is tolerated.
  uint64_t within_version = 0;
  uint64_t across_versions = 0;
  HttpVersion version = HttpVersion::kHttp11;
  bool other_side_has_id = false;  // some record there, equal ones included, has this request id
};

struct Pairing {
  std::vector<std::pair<size_t, size_t>> pairs;  // indexes into a and b, by the first
  std::vector<size_t> only_a;
  std::vector<size_t> only_b;
};

// Decides which record of `a` became which of `b`, both in order of arrival; of several that fit,
// the k-th with the k-th. In turn by
// - content that differs in tolerated ways only,
// - request id together with method and target, then request id alone: retries and superposed
//   sessions have one id several times,
// - method and target, then all but these: only for records whose request id, if any, the other
//   side has nowhere. One that it has belongs to its namesakes and to nobody else.
Pairing PairLeftovers(const std::vector<PairingKeys>& a, const std::vector<PairingKeys>& b);

}  // namespace shadowreel
