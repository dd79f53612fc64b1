#include "formats/reel/recording_difference.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "formats/byte_text.h"
#include "formats/reel/content_join.h"
#include "formats/reel/pairing.h"
#include "formats/reel/record_digest.h"
#include "formats/reel/recording_access.h"

namespace shadowreel {
namespace {

constexpr size_t kMaxExamples = 10;
static_assert(kMaxExamples <= Pairing::kMaxFirst);
constexpr size_t kShownRequest = 100;
// A's hold LeftoverPair::kNeighbours, B's are passed through in order.
constexpr size_t kKeptOfA = size_t{64} << 20;
constexpr size_t kKeptOfB = size_t{8} << 20;

class RecordingComparison {
 public:
  RecordingComparison(const TraceReader& a, const TraceReader& b, const Tolerances& tolerances,
                      const SortSpace& space, Notices& notices)
      : traces_{&a, &b},
        lookups_{RecordLookup(a, kKeptOfA), RecordLookup(b, kKeptOfB)},
        tolerances_(tolerances),
        space_(space),
        notices_(notices) {}

  absl::StatusOr<RecordingDifference> Run() {
    ASSIGN_OR_RETURN(JoinedContents joined, JoinContents(traces_, space_, notices_));
    result_.equal = joined.equal;
    if (joined.unequal[0]->size() + joined.unequal[1]->size() == 0) return std::move(result_);
    LeftoverPairing leftovers(space_, tolerances_);
    for (const size_t side : {0, 1}) {
      RETURN_IF_ERROR(ReadLeftovers(side, *joined.unequal[side], &leftovers));
      joined.unequal[side].reset();
    }
    ASSIGN_OR_RETURN(const Pairing pairing, leftovers.Finish());
    RETURN_IF_ERROR(ComparePairs(*pairing.pairs));
    for (const size_t side : {0, 1}) RETURN_IF_ERROR(AddAlone(side, pairing.alone[side]));
    return std::move(result_);
  }

 private:
  struct ChangedPair {
    LeftoverPair pair;
    RecordingDifference::Example example;
  };

  absl::Status ReadLeftovers(size_t side, JoinedContents::UnequalSort& unequal,
                             LeftoverPairing* leftovers) {
    uint64_t done = 0;
    while (const UnequalRecord* const next = unequal.Peek()) {
      notices_.Progress("looking for what differs:", done++, unequal.size());
      ASSIGN_OR_RETURN(Record record, lookups_[side].Load(next->place));
      Leftover leftover;
      leftover.arrival_nanos = record.arrival.time_since_epoch().count();
      leftover.number = record.number;
      leftover.place = next->place;
      leftover.keys = KeysOf(*next, &record);
      RETURN_IF_ERROR(leftovers->Add(side, leftover));
      RETURN_IF_ERROR(unequal.Pop());
    }
    return absl::OkStatus();
  }

  // Folds `record`.
  PairingKeys KeysOf(const UnequalRecord& unequal, Record* record) const {
    PairingKeys keys;
    keys.request_id = unequal.request_id;
    keys.other_side_has_id = unequal.other_side_has_id;
    keys.version = record->version;
    if (tolerances_.curl) {
      FoldWithinVersion(tolerances_, record);
      keys.within_version = DigestContent(*record).low;
    }
    if (tolerances_.across_versions) {
      FoldAcrossVersions(record);
      keys.across_versions = DigestContent(*record).low;
    }
    keys.method_and_target = DigestMethodAndTarget(*record);
    keys.all_but_method_and_target = DigestAllButMethodAndTarget(*record);
    return keys;
  }

  absl::Status ComparePairs(Pairing::Pairs& pairs) {
    uint64_t done = 0;
    while (const LeftoverPair* const pair = pairs.Peek()) {
      RETURN_IF_ERROR(ComparePair(*pair));
      RETURN_IF_ERROR(pairs.Pop());
      notices_.Progress("compared", done++, pairs.size());
    }
    for (ChangedPair& changed : first_changed_) {
      result_.examples.push_back(std::move(changed.example));
    }
    return absl::OkStatus();
  }

  absl::Status ComparePair(const LeftoverPair& pair) {
    ASSIGN_OR_RETURN(Record a, lookups_[0].Load(pair.place_a));
    ASSIGN_OR_RETURN(Record b, lookups_[1].Load(pair.place_b));
    const bool may_be_shown = first_changed_.size() < kMaxExamples ||
                              LeftoverPair::ArrivesBefore(pair, first_changed_.back().pair);
    std::string request = may_be_shown ? RequestOf(a) : "";
    const ToleratedSet tolerated = Tolerate(tolerances_, &a, &b);
    std::vector<Difference> differences = CompareRecords(a, b);
    if (differences.empty()) {
      CHECK(tolerated.any());
      CountTolerated(tolerated);
      return absl::OkStatus();
    }
    ++result_.changed;
    for (const Difference& difference : differences) {
      ++result_.changed_by_kind[static_cast<size_t>(difference.kind)];
    }
    if (may_be_shown) {
      AddChanged({pair, {a.number, b.number, std::move(request), std::move(differences)}});
    }
    return absl::OkStatus();
  }

  void AddChanged(ChangedPair changed) {
    const auto at = std::upper_bound(first_changed_.begin(), first_changed_.end(), changed,
                                     [](const ChangedPair& a, const ChangedPair& b) {
                                       return LeftoverPair::ArrivesBefore(a.pair, b.pair);
                                     });
    first_changed_.insert(at, std::move(changed));
    if (first_changed_.size() > kMaxExamples) first_changed_.pop_back();
  }

  void CountTolerated(const ToleratedSet& tolerated) {
    ++result_.equal;
    ++result_.tolerated;
    for (size_t form = 0; form < kToleratedForms; ++form) {
      result_.tolerated_by_form[form] += tolerated.test(form) ? 1 : 0;
    }
  }

  absl::Status AddAlone(size_t side, const Pairing::Alone& alone) {
    (side == 0 ? result_.only_a : result_.only_b) = alone.count;
    for (const Leftover& leftover : alone.first) {
      if (result_.examples.size() == kMaxExamples) break;
      ASSIGN_OR_RETURN(const Record record, lookups_[side].Load(leftover.place));
      RecordingDifference::Example example;
      (side == 0 ? example.number_a : example.number_b) = record.number;
      example.request = RequestOf(record);
      result_.examples.push_back(std::move(example));
    }
    return absl::OkStatus();
  }

  static std::string RequestOf(const Record& record) {
    return EscapeBeginning(record.method + ' ' + record.target, kShownRequest);
  }

  const std::array<const TraceReader*, 2> traces_;
  std::array<RecordLookup, 2> lookups_;
  const Tolerances tolerances_;
  const SortSpace& space_;
  Notices& notices_;
  std::vector<ChangedPair> first_changed_;  // in order of A, at most kMaxExamples
  RecordingDifference result_;
};

}  // namespace

absl::StatusOr<RecordingDifference> CompareRecordings(const TraceReader& a, const TraceReader& b,
                                                      const Tolerances& tolerances,
                                                      const SortSpace& space, Notices& notices) {
  return RecordingComparison(a, b, tolerances, space, notices).Run();
}

}  // namespace shadowreel
