#include "formats/reel/pairing.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

using Pairs = std::vector<std::pair<size_t, size_t>>;
using Indexes = std::vector<size_t>;

TEST(PairingTest, AUniqueRequestIdDecides) {
  const Pairing pairing = PairLeftovers({{7, 1, 1}, {8, 2, 2}}, {{8, 1, 1}, {7, 2, 2}});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 1}, {1, 0}}));
}

TEST(PairingTest, OfSeveralWithOneIdMethodAndTargetDecide) {
  const Pairing pairing = PairLeftovers({{7, 1, 1}, {7, 2, 2}}, {{7, 2, 3}, {7, 1, 4}});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 1}, {1, 0}}));
}

TEST(PairingTest, OfSeveralWithOneIdTheKthMeetsTheKth) {
  const Pairing pairing = PairLeftovers({{7, 1, 1}, {7, 1, 2}}, {{7, 1, 3}, {7, 2, 4}, {7, 3, 5}});
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
  const Pairing pairing =
      PairLeftovers({Tolerable(v11, 5, 0), Tolerable(v11, 6, 0)},
                    {Tolerable(v11, 6, 0), Tolerable(v11, 5, 0), Tolerable(v11, 6, 0)});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 1}, {1, 0}}));
  EXPECT_EQ(pairing.only_b, (Indexes{2}));
}

TEST(PairingTest, AcrossVersionsMeansOtherVersions) {
  const auto v11 = HttpVersion::kHttp11;
  const auto v2 = HttpVersion::kHttp2;
  const Pairing pairing = PairLeftovers({Tolerable(v11, 0, 5), Tolerable(v2, 0, 5)},
                                        {Tolerable(v11, 0, 5), Tolerable(v2, 0, 5)});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 1}, {1, 0}}));
}

TEST(PairingTest, TheKthOfMethodAndTargetMeetsTheKth) {
  const Pairing pairing =
      PairLeftovers({{0, 1, 11}, {0, 1, 12}, {0, 1, 13}}, {{0, 1, 14}, {0, 1, 15}});
  EXPECT_EQ(pairing.pairs, (Pairs{{0, 0}, {1, 1}}));
  EXPECT_EQ(pairing.only_a, (Indexes{2}));
  EXPECT_EQ(pairing.only_b, Indexes{});
}

TEST(PairingTest, WhatIsElseTheSameMeetsLast) {
  const Pairing pairing = PairLeftovers({{0, 1, 5}, {0, 2, 6}}, {{0, 3, 6}, {0, 4, 9}});
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
