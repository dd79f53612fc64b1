#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "formats/record.h"
#include "formats/reel/external_sort.h"
#include "formats/reel/recording_access.h"
#include "formats/reel/tolerance.h"

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

struct Leftover {
  int64_t arrival_nanos = 0;
  uint64_t number = 0;
  RecordPlace place;
  PairingKeys keys;
};

struct LeftoverPair {
  static constexpr uint32_t kNeighbours = 32;

  // For fetching: all whose records of A stand in the same `kNeighbours` chunks, by place in B. So
  // few chunks are read more than once, however the two recordings are shuffled.
  struct ByNeighbourhood {
    bool operator()(const LeftoverPair& a, const LeftoverPair& b) const;
  };
  // The order of A.
  static bool ArrivesBefore(const LeftoverPair& a, const LeftoverPair& b);

  int64_t arrival_nanos;  // of A's record, as is the number
  uint64_t number;
  RecordPlace place_a;
  RecordPlace place_b;
};

struct Pairing {
  static constexpr size_t kMaxFirst = 10;
  using Pairs = ExternalSort<LeftoverPair, LeftoverPair::ByNeighbourhood>;

  // Records of one side that became nothing of the other.
  struct Alone {
    uint64_t count = 0;
    std::vector<Leftover> first;  // by arrival, at most kMaxFirst
  };

  std::unique_ptr<Pairs> pairs;  // started
  std::array<Alone, 2> alone;
};

// One way to find pairs: records of equal keys.
struct PairingStep {
  enum class By {
    kWithinVersion,
    kAcrossVersions,
    kIdMethodAndTarget,
    kRequestId,
    kMethodAndTarget,
    kAllButMethodAndTarget,
  };

  By by = By::kRequestId;
  std::array<HttpVersion, 2> versions{};  // of A's and of B's records, for kAcrossVersions

  // 0: the record does not take part.
  uint64_t KeyOf(size_t side, const PairingKeys& keys) const;
};

// Decides which record of A became which of B, both in order of arrival (ties: number, then place);
// of several that fit, the k-th with the k-th. In turn by
// - content that differs in tolerated ways only,
// - request id together with method and target, then request id alone: retries and superposed
//   sessions have one id several times,
// - method and target, then all but these: only for records whose request id, if any, the other
//   side has nowhere. One that it has belongs to its namesakes and to nobody else.
//
// Memory: at most five sorts of `space`; disk beyond that: 160 bytes for each record. Not
// thread-safe.
class LeftoverPairing {
 public:
  // What `space` refers to must outlive it.
  LeftoverPairing(const SortSpace& space, const Tolerances& tolerances);

  // A record of A (side 0) or of B (1).
  absl::Status Add(size_t side, const Leftover& leftover);
  // The last call.
  absl::StatusOr<Pairing> Finish();

 private:
  struct ByKey {
    PairingStep step;
    size_t side;
    bool operator()(const Leftover& a, const Leftover& b) const;
  };
  using Waiting = ExternalSort<Leftover, ByKey>;

  absl::Status PairBy(size_t step);
  // Makes a record wait for the next step, when one of those left is for it.
  absl::Status PassOn(size_t side, size_t next_step, const Leftover& leftover);
  // The first step from this one on that has records on both sides; steps_.size(): none.
  size_t NextStep(size_t step) const;
  void Begin(size_t step);

  const SortSpace space_;
  std::vector<PairingStep> steps_;
  std::vector<std::array<uint64_t, 2>> takers_;      // by step: how many were added with a key
  std::array<std::unique_ptr<Waiting>, 2> waiting_;  // for the step that comes
  Pairing result_;
};

}  // namespace shadowreel
