#include "formats/reel/pairing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {
namespace {

using Pairs = std::vector<std::pair<size_t, size_t>>;
using Indexes = std::vector<size_t>;

struct PairedIndexes {
  Pairs pairs;
  Indexes only_a;
  Indexes only_b;
};

constexpr Tolerances kAll{.curl = true, .across_versions = true};

// What ids the other side's leftovers have, it has.
PairingKeys WithIdOf(const std::vector<PairingKeys>& other_side, PairingKeys keys) {
  for (const PairingKeys& other : other_side) {
    keys.other_side_has_id |= keys.request_id != 0 && other.request_id == keys.request_id;
  }
  return keys;
}

// Both sides in order of arrival.
PairedIndexes PairLeftovers(const std::vector<PairingKeys>& a, const std::vector<PairingKeys>& b) {
  FaultyFileSystem files;
  LeftoverPairing pairing({files, "."}, kAll);
  for (const size_t side : {0, 1}) {
    const std::vector<PairingKeys>& keys = side == 0 ? a : b;
    for (uint32_t i = 0; i < keys.size(); ++i) {
      const PairingKeys own = WithIdOf(side == 0 ? b : a, keys[i]);
      CHECK(pairing.Add(side, {int64_t{i}, i + 1, {0, 0, i}, own}).ok());
    }
  }
  const absl::StatusOr<Pairing> found = pairing.Finish();
  CHECK(found.ok());
  PairedIndexes indexes;
  while (const LeftoverPair* const pair = found->pairs->Peek()) {
    indexes.pairs.emplace_back(pair->place_a.row, pair->place_b.row);
    CHECK(found->pairs->Pop().ok());
  }
  std::sort(indexes.pairs.begin(), indexes.pairs.end());
  for (const Leftover& one : found->alone[0].first) indexes.only_a.push_back(one.place.row);
  for (const Leftover& one : found->alone[1].first) indexes.only_b.push_back(one.place.row);
  EXPECT_EQ(found->alone[0].count, indexes.only_a.size());
  EXPECT_EQ(found->alone[1].count, indexes.only_b.size());
  return indexes;
}

TEST(PairingTest, AUniqueRequestIdDecides) {
  const PairedIndexes pairing = PairLeftovers({{7, 1, 1}, {8, 2, 2}}, {{8, 1, 1}, {7, 2, 2}});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 1}, {1, 0}}));
}

TEST(PairingTest, OfSeveralWithOneIdMethodAndTargetDecide) {
  const PairedIndexes pairing = PairLeftovers({{7, 1, 1}, {7, 2, 2}}, {{7, 2, 3}, {7, 1, 4}});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 1}, {1, 0}}));
}

TEST(PairingTest, OfSeveralWithOneIdTheKthMeetsTheKth) {
  const PairedIndexes pairing =
      PairLeftovers({{7, 1, 1}, {7, 1, 2}}, {{7, 1, 3}, {7, 2, 4}, {7, 3, 5}});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 0}, {1, 1}}));
  EXPECT_EQ(pairing.only_b, (Indexes{2}));
}

PairingKeys Pinned(PairingKeys keys) {
  keys.other_side_has_id = true;
  return keys;
}

TEST(PairingTest, AnIdThatTheOtherSideHasIsNeverPairedWithAnother) {
  // b's 7 is one too many; a's 8 and 9 are missing there, and 8 became nobody's.
  EXPECT_TRUE(PairLeftovers({{8, 1, 1}}, {Pinned({7, 1, 1})}).pairs.empty());
  EXPECT_EQ(PairLeftovers({{8, 1, 1}}, {Pinned({7, 1, 1}), {9, 1, 2}}).pairs, (Pairs{{0, 1}}));
}

PairingKeys Tolerable(HttpVersion version, uint64_t within, uint64_t across) {
  PairingKeys keys;
  keys.version = version;
  keys.within_version = within;
  keys.across_versions = across;
  return keys;
}

TEST(PairingTest, WhatDiffersInToleratedWaysMeetsFirst) {
  const auto v11 = HttpVersion::kHttp11;
  const PairedIndexes pairing =
      PairLeftovers({Tolerable(v11, 5, 0), Tolerable(v11, 6, 0)},
                    {Tolerable(v11, 6, 0), Tolerable(v11, 5, 0), Tolerable(v11, 6, 0)});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 1}, {1, 0}}));
  EXPECT_EQ(pairing.only_b, (Indexes{2}));
}

TEST(PairingTest, AcrossVersionsMeansOtherVersions) {
  const auto v11 = HttpVersion::kHttp11;
  const auto v2 = HttpVersion::kHttp2;
  const PairedIndexes pairing = PairLeftovers({Tolerable(v11, 0, 5), Tolerable(v2, 0, 5)},
                                              {Tolerable(v11, 0, 5), Tolerable(v2, 0, 5)});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 1}, {1, 0}}));
}

TEST(PairingTest, TheKthOfMethodAndTargetMeetsTheKth) {
  const PairedIndexes pairing =
      PairLeftovers({{0, 1, 11}, {0, 1, 12}, {0, 1, 13}}, {{0, 1, 14}, {0, 1, 15}});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 0}, {1, 1}}));
  EXPECT_EQ(pairing.only_a, (Indexes{2}));
  EXPECT_EQ(pairing.only_b, Indexes{});
}

TEST(PairingTest, WhatIsElseTheSameMeetsLast) {
  const PairedIndexes pairing = PairLeftovers({{0, 1, 5}, {0, 2, 6}}, {{0, 3, 6}, {0, 4, 9}});
  EXPECT_EQ(pairing.pairs, (Pairs{{1, 0}}));
  EXPECT_EQ(pairing.only_a, (Indexes{0}));
  EXPECT_EQ(pairing.only_b, (Indexes{1}));
}

TEST(PairingTest, NothingMeetsNothing) {
  EXPECT_TRUE(PairLeftovers({}, {}).pairs.empty());
  EXPECT_EQ(PairLeftovers({{0, 1, 2}}, {}).only_a, (Indexes{0}));
}

}  // namespace
}  // namespace shadowreel
