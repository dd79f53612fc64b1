#include "formats/reel/pairing.h"

#include <algorithm>
#include <functional>

namespace shadowreel {
namespace {

// Which records pair; 0: the record does not take part.
using Key = std::function<uint64_t(const PairingKeys&)>;
using KeyedIndexes = std::vector<std::pair<uint64_t, size_t>>;

class Pairer {
 public:
  Pairer(const std::vector<PairingKeys>& a, const std::vector<PairingKeys>& b)
      : a_(a), b_(b), paired_a_(a.size()), paired_b_(b.size()) {}

  // Pairs the k-th with the k-th of the same key.
  void PairBy(const Key& key) { PairBy(key, key); }
  void PairBy(const Key& key_of_a, const Key& key_of_b) {
    const KeyedIndexes a = Unpaired(a_, paired_a_, key_of_a);
    const KeyedIndexes b = Unpaired(b_, paired_b_, key_of_b);
    auto in_a = a.begin();
    auto in_b = b.begin();
    while (in_a != a.end() && in_b != b.end()) {
      if (in_a->first < in_b->first) {
        ++in_a;
      } else if (in_b->first < in_a->first) {
        ++in_b;
      } else {
        const auto end_a = EndOfKey(in_a, a.end());
        const auto end_b = EndOfKey(in_b, b.end());
        PairGroup(in_a, end_a, in_b, end_b);
        in_a = end_a;
        in_b = end_b;
      }
    }
  }

  Pairing Finish() {
    std::sort(result_.pairs.begin(), result_.pairs.end());
    for (size_t i = 0; i < paired_a_.size(); ++i) {
      if (!paired_a_[i]) result_.only_a.push_back(i);
    }
    for (size_t i = 0; i < paired_b_.size(); ++i) {
      if (!paired_b_[i]) result_.only_b.push_back(i);
    }
    return std::move(result_);
  }

 private:
  using Position = KeyedIndexes::const_iterator;

  static KeyedIndexes Unpaired(const std::vector<PairingKeys>& all, const std::vector<bool>& paired,
                               const Key& key) {
    KeyedIndexes indexes;
    for (size_t i = 0; i < all.size(); ++i) {
      if (paired[i]) continue;
      if (const uint64_t value = key(all[i]); value != 0) indexes.emplace_back(value, i);
    }
    std::sort(indexes.begin(), indexes.end());
    return indexes;
  }

  static Position EndOfKey(Position begin, Position end) {
    return std::find_if(begin, end, [&](const auto& entry) { return entry.first != begin->first; });
  }

  void PairGroup(Position in_a, Position end_a, Position in_b, Position end_b) {
    for (; in_a != end_a && in_b != end_b; ++in_a, ++in_b) {
      paired_a_[in_a->second] = true;
      paired_b_[in_b->second] = true;
      result_.pairs.emplace_back(in_a->second, in_b->second);
    }
  }

  const std::vector<PairingKeys>& a_;
  const std::vector<PairingKeys>& b_;
  std::vector<bool> paired_a_;
  std::vector<bool> paired_b_;
  Pairing result_;
};

Key AcrossFrom(HttpVersion version) {
  return [version](const PairingKeys& keys) {
    return keys.version == version ? keys.across_versions : 0;
  };
}

// Each with each other: of records that are alike, some may have kept their version.
void PairAcrossVersions(Pairer* pairer) {
  constexpr HttpVersion kAll[] = {HttpVersion::kHttp10, HttpVersion::kHttp11, HttpVersion::kHttp2};
  for (const HttpVersion in_a : kAll) {
    for (const HttpVersion in_b : kAll) {
      if (in_a != in_b) pairer->PairBy(AcrossFrom(in_a), AcrossFrom(in_b));
    }
  }
}

uint64_t IdMethodAndTarget(const PairingKeys& keys) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  if (keys.request_id == 0) return 0;
  return std::max<uint64_t>(keys.request_id * kOdd + keys.method_and_target, 1);
}

}  // namespace

Pairing PairLeftovers(const std::vector<PairingKeys>& a, const std::vector<PairingKeys>& b) {
  Pairer pairer(a, b);
  pairer.PairBy([](const PairingKeys& keys) { return keys.within_version; });
  PairAcrossVersions(&pairer);
  pairer.PairBy(IdMethodAndTarget);
  pairer.PairBy([](const PairingKeys& keys) { return keys.request_id; });
  pairer.PairBy(
      [](const PairingKeys& keys) { return keys.other_side_has_id ? 0 : keys.method_and_target; });
  pairer.PairBy([](const PairingKeys& keys) {
    return keys.other_side_has_id ? 0 : keys.all_but_method_and_target;
  });
  return pairer.Finish();
}

}  // namespace shadowreel
