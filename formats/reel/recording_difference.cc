#include "formats/reel/recording_difference.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "formats/reel/byte_text.h"
#include "formats/reel/pairing.h"
#include "formats/reel/record_digest.h"
#include "formats/reel/recording_access.h"

namespace shadowreel {
namespace {

constexpr size_t kMaxExamples = 10;
constexpr size_t kShownRequest = 100;

// How often one content stands on each side.
struct Occurrences {
  std::array<uint64_t, 2> count{};
  std::array<uint64_t, 2> seen{};  // in the second pass
  uint64_t request_id = 0;
};

struct Leftover {
  int64_t arrival_nanos;
  uint64_t number;
  RecordPlace place;
  PairingKeys keys;
};

class RecordingComparison {
 public:
  RecordingComparison(const TraceReader& a, const TraceReader& b, const Tolerances& tolerances,
                      Notices& notices)
      : traces_{&a, &b},
        lookups_{RecordLookup(a), RecordLookup(b)},
        tolerances_(tolerances),
        notices_(notices) {}

  absl::StatusOr<RecordingDifference> Run() {
    for (size_t side : {0, 1}) RETURN_IF_ERROR(CountContents(side));
    LearnUnevenIds();
    DropEqualContents();
    if (contents_.empty()) return std::move(result_);
    for (size_t side : {0, 1}) RETURN_IF_ERROR(CollectLeftovers(side));
    RETURN_IF_ERROR(CompareLeftovers());
    return std::move(result_);
  }

 private:
  using Visit = std::function<absl::Status(const RecordPlace&, Record&)>;

  absl::Status ForEach(size_t side, std::string_view step, const Visit& visit) {
    const auto& segments = traces_[side]->segments();
    uint64_t done = 0;
    for (uint32_t i = 0; i < segments.size(); ++i) {
      RETURN_IF_ERROR(ForEachRecord(*segments[i], i, [&](const RecordPlace& place, Record& record) {
        notices_.Progress(step, done++, traces_[side]->records());
        return visit(place, record);
      }));
    }
    return absl::OkStatus();
  }

  absl::Status CountContents(size_t side) {
    const auto count = [&](const RecordPlace&, Record& record) {
      Occurrences& content = contents_[DigestContent(record)];
      if (++content.count[side] == 1) content.request_id = DigestRequestId(record);
      return absl::OkStatus();
    };
    return ForEach(side, side == 0 ? "read the first" : "read the second", count);
  }

  // Which sides have the request ids of contents that have no equal.
  void LearnUnevenIds() {
    for (const auto& [digest, content] : contents_) {
      if (content.request_id != 0 && content.count[0] != content.count[1]) {
        sides_of_id_.try_emplace(content.request_id);
      }
    }
    for (const auto& [digest, content] : contents_) {
      const auto found = sides_of_id_.find(content.request_id);
      if (found == sides_of_id_.end()) continue;
      for (size_t side : {0, 1}) found->second[side] |= content.count[side] > 0;
    }
  }

  void DropEqualContents() {
    for (const auto& [digest, content] : contents_) {
      result_.equal += std::min(content.count[0], content.count[1]);
    }
    absl::erase_if(contents_, [](const auto& entry) {
      return entry.second.count[0] == entry.second.count[1];
    });
  }

  // The k-th of equal content has its partner as long as the other side has k of them.
  absl::Status CollectLeftovers(size_t side) {
    const auto collect = [&](const RecordPlace& place, Record& record) {
      const auto found = contents_.find(DigestContent(record));
      if (found == contents_.end()) return absl::OkStatus();
      if (found->second.seen[side]++ < found->second.count[1 - side]) return absl::OkStatus();
      leftovers_[side].push_back({record.arrival.time_since_epoch().count(), record.number, place,
                                  KeysOf(found->second.request_id, 1 - side, &record)});
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(ForEach(side, "looking for what differs:", collect));
    std::sort(leftovers_[side].begin(), leftovers_[side].end(),
              [](const Leftover& a, const Leftover& b) {
                return std::tie(a.arrival_nanos, a.number) < std::tie(b.arrival_nanos, b.number);
              });
    return absl::OkStatus();
  }

  // Folds `record`.
  PairingKeys KeysOf(uint64_t request_id, size_t other_side, Record* record) const {
    PairingKeys keys;
    keys.request_id = request_id;
    keys.other_side_has_id = request_id != 0 && sides_of_id_.at(request_id)[other_side];
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

  std::vector<PairingKeys> Keys(size_t side) const {
    std::vector<PairingKeys> keys;
    keys.reserve(leftovers_[side].size());
    for (const Leftover& leftover : leftovers_[side]) keys.push_back(leftover.keys);
    return keys;
  }

  absl::Status CompareLeftovers() {
    const Pairing pairing = PairLeftovers(Keys(0), Keys(1));
    uint64_t done = 0;
    for (const auto& [in_a, in_b] : pairing.pairs) {
      RETURN_IF_ERROR(ComparePair(leftovers_[0][in_a].place, leftovers_[1][in_b].place));
      notices_.Progress("compared", done++, pairing.pairs.size());
    }
    result_.only_a = pairing.only_a.size();
    result_.only_b = pairing.only_b.size();
    RETURN_IF_ERROR(AddLonelyExamples(0, pairing.only_a));
    return AddLonelyExamples(1, pairing.only_b);
  }

  absl::Status ComparePair(const RecordPlace& place_a, const RecordPlace& place_b) {
    ASSIGN_OR_RETURN(Record a, lookups_[0].Load(place_a));
    ASSIGN_OR_RETURN(Record b, lookups_[1].Load(place_b));
    std::string request = RequestOf(a);
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
    if (result_.examples.size() < kMaxExamples) {
      result_.examples.push_back({a.number, b.number, std::move(request), std::move(differences)});
    }
    return absl::OkStatus();
  }

  void CountTolerated(const ToleratedSet& tolerated) {
    ++result_.equal;
    ++result_.tolerated;
    for (size_t form = 0; form < kToleratedForms; ++form) {
      result_.tolerated_by_form[form] += tolerated.test(form) ? 1 : 0;
    }
  }

  absl::Status AddLonelyExamples(size_t side, const std::vector<size_t>& lonely) {
    for (size_t i = 0; i < lonely.size() && result_.examples.size() < kMaxExamples; ++i) {
      ASSIGN_OR_RETURN(const Record record, lookups_[side].Load(leftovers_[side][lonely[i]].place));
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
  Notices& notices_;
  absl::flat_hash_map<ContentDigest, Occurrences, ContentDigestHash> contents_;
  absl::flat_hash_map<uint64_t, std::array<bool, 2>> sides_of_id_;
  std::array<std::vector<Leftover>, 2> leftovers_;  // by arrival
  RecordingDifference result_;
};

}  // namespace

absl::StatusOr<RecordingDifference> CompareRecordings(const TraceReader& a, const TraceReader& b,
                                                      const Tolerances& tolerances,
                                                      Notices& notices) {
  return RecordingComparison(a, b, tolerances, notices).Run();
}

}  // namespace shadowreel
