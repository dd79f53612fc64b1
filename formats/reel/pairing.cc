#include "formats/reel/pairing.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/status.h"

namespace shadowreel {
namespace {

using By = PairingStep::By;

bool ArrivesBefore(const Leftover& a, const Leftover& b) {
  return std::tie(a.arrival_nanos, a.number, a.place) <
         std::tie(b.arrival_nanos, b.number, b.place);
}

uint64_t IdMethodAndTarget(const PairingKeys& keys) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  if (keys.request_id == 0 || !keys.other_side_has_id) return 0;
  return std::max<uint64_t>(keys.request_id * kOdd + keys.method_and_target, 1);
}

std::vector<PairingStep> StepsFor(const Tolerances& tolerances) {
  std::vector<PairingStep> steps;
  if (tolerances.curl) steps.push_back({By::kWithinVersion, {}});
  if (tolerances.across_versions) {
    // Each with each other: of records that are alike, some may have kept their version.
    constexpr HttpVersion kAll[] = {HttpVersion::kHttp10, HttpVersion::kHttp11,
                                    HttpVersion::kHttp2};
    for (const HttpVersion in_a : kAll) {
      for (const HttpVersion in_b : kAll) {
        if (in_a != in_b) steps.push_back({By::kAcrossVersions, {in_a, in_b}});
      }
    }
  }
  for (const By by :
       {By::kIdMethodAndTarget, By::kRequestId, By::kMethodAndTarget, By::kAllButMethodAndTarget}) {
    steps.push_back({by, {}});
  }
  return steps;
}

void CountAlone(const Leftover& leftover, Pairing::Alone* alone) {
  ++alone->count;
  auto& first = alone->first;
  if (first.size() == Pairing::kMaxFirst && !ArrivesBefore(leftover, first.back())) return;
  first.insert(std::upper_bound(first.begin(), first.end(), leftover, ArrivesBefore), leftover);
  if (first.size() > Pairing::kMaxFirst) first.pop_back();
}

}  // namespace

bool LeftoverPair::ByNeighbourhood::operator()(const LeftoverPair& a, const LeftoverPair& b) const {
  const uint32_t chunks_a = a.place_a.chunk / kNeighbours;
  const uint32_t chunks_b = b.place_a.chunk / kNeighbours;
  return std::tie(a.place_a.segment, chunks_a, a.place_b) <
         std::tie(b.place_a.segment, chunks_b, b.place_b);
}

bool LeftoverPair::ArrivesBefore(const LeftoverPair& a, const LeftoverPair& b) {
  return std::tie(a.arrival_nanos, a.number, a.place_a) <
         std::tie(b.arrival_nanos, b.number, b.place_a);
}

uint64_t PairingStep::KeyOf(size_t side, const PairingKeys& keys) const {
  switch (by) {
    case By::kWithinVersion:
      return keys.within_version;
    case By::kAcrossVersions:
      return keys.version == versions[side] ? keys.across_versions : 0;
    case By::kIdMethodAndTarget:
      return IdMethodAndTarget(keys);
    case By::kRequestId:
      return keys.other_side_has_id ? keys.request_id : 0;
    case By::kMethodAndTarget:
      return keys.other_side_has_id ? 0 : keys.method_and_target;
    case By::kAllButMethodAndTarget:
      return keys.other_side_has_id ? 0 : keys.all_but_method_and_target;
  }
  CHECK(false);
  return 0;
}

bool LeftoverPairing::ByKey::operator()(const Leftover& a, const Leftover& b) const {
  const uint64_t key_a = step.KeyOf(side, a.keys);
  const uint64_t key_b = step.KeyOf(side, b.keys);
  return key_a != key_b ? key_a < key_b : ArrivesBefore(a, b);
}

LeftoverPairing::LeftoverPairing(const SortSpace& space, const Tolerances& tolerances)
    : space_(space), steps_(StepsFor(tolerances)), takers_(steps_.size()) {
  result_.pairs = std::make_unique<Pairing::Pairs>(space);
  Begin(0);
}

void LeftoverPairing::Begin(size_t step) {
  for (const size_t side : {0, 1}) {
    waiting_[side] = std::make_unique<Waiting>(space_, ByKey{steps_[step], side});
  }
}

absl::Status LeftoverPairing::Add(size_t side, const Leftover& leftover) {
  for (size_t step = 0; step < steps_.size(); ++step) {
    takers_[step][side] += steps_[step].KeyOf(side, leftover.keys) != 0 ? 1 : 0;
  }
  return waiting_[side]->Add(leftover);
}

size_t LeftoverPairing::NextStep(size_t step) const {
  while (step < steps_.size() && (takers_[step][0] == 0 || takers_[step][1] == 0)) ++step;
  return step;
}

absl::StatusOr<Pairing> LeftoverPairing::Finish() {
  for (size_t step = 0; step < steps_.size(); step = NextStep(step + 1)) {
    RETURN_IF_ERROR(PairBy(step));
  }
  RETURN_IF_ERROR(result_.pairs->Start());
  return std::move(result_);
}

absl::Status LeftoverPairing::PairBy(size_t step) {
  const std::array<std::unique_ptr<Waiting>, 2> now = {std::move(waiting_[0]),
                                                       std::move(waiting_[1])};
  for (const auto& side : now) RETURN_IF_ERROR(side->Start());
  const size_t next = NextStep(step + 1);
  if (next < steps_.size()) Begin(next);

  const auto compare = [&](const Leftover& a, const Leftover& b) {
    const uint64_t key_a = steps_[step].KeyOf(0, a.keys);
    const uint64_t key_b = steps_[step].KeyOf(1, b.keys);
    if (key_a == 0 || key_b == 0) return key_a == 0 ? -1 : 1;
    return key_a < key_b ? -1 : key_a > key_b ? 1 : 0;
  };
  const auto pair = [&](const Leftover& a, const Leftover& b) {
    return result_.pairs->Add({a.arrival_nanos, a.number, a.place, b.place});
  };
  const auto alone = [&](size_t side, const Leftover& leftover) {
    return PassOn(side, next, leftover);
  };
  return JoinSorted(*now[0], *now[1], compare, pair, alone);
}

absl::Status LeftoverPairing::PassOn(size_t side, size_t next_step, const Leftover& leftover) {
  for (size_t step = next_step; step < steps_.size(); step = NextStep(step + 1)) {
    if (steps_[step].KeyOf(side, leftover.keys) != 0) return waiting_[side]->Add(leftover);
  }
  CountAlone(leftover, &result_.alone[side]);
  return absl::OkStatus();
}

}  // namespace shadowreel
