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

TEST(PairingTest, AnAmbiguousRequestIdDoesNot) {
  const Pairing pairing = PairLeftovers({{7, 1, 1}, {7, 2, 2}}, {{7, 2, 3}, {7, 1, 4}});
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
