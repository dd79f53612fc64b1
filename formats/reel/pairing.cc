#include "formats/reel/pairing.h"

#include <algorithm>

namespace shadowreel {
namespace {

using Key = uint64_t PairingKeys::*;
using KeyedIndexes = std::vector<std::pair<uint64_t, size_t>>;

class Pairer {
 public:
  Pairer(const std::vector<PairingKeys>& a, const std::vector<PairingKeys>& b)
      : a_(a), b_(b), paired_a_(a.size()), paired_b_(b.size()) {}

  // Pairs the k-th with the k-th of the same key; with `only_unique`, only keys that one unpaired
  // record on each side has.
  void PairBy(Key key, bool only_unique) {
    const KeyedIndexes a = Unpaired(a_, paired_a_, key);
    const KeyedIndexes b = Unpaired(b_, paired_b_, key);
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
        const bool unique = end_a - in_a == 1 && end_b - in_b == 1;
        if (unique || !only_unique) PairGroup(in_a, end_a, in_b, end_b);
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
                               Key key) {
    KeyedIndexes indexes;
    for (size_t i = 0; i < all.size(); ++i) {
      if (!paired[i] && all[i].*key != 0) indexes.emplace_back(all[i].*key, i);
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

}  // namespace

Pairing PairLeftovers(const std::vector<PairingKeys>& a, const std::vector<PairingKeys>& b) {
  Pairer pairer(a, b);
  pairer.PairBy(&PairingKeys::request_id, true);
  pairer.PairBy(&PairingKeys::method_and_target, false);
  pairer.PairBy(&PairingKeys::all_but_method_and_target, false);
  return pairer.Finish();
}

}  // namespace shadowreel
