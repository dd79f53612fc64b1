#include "base/nearest_name.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(NearestNameTest, TheNearestIsMeant) {
  EXPECT_EQ(NearestName("sped", {"speed", "sample", "seed"}), "speed");
  EXPECT_EQ(NearestName("targte", {"trace", "target"}), "target");
  EXPECT_EQ(NearestName("speed", {"sped", "speed"}), "speed");
  EXPECT_EQ(NearestName("a_b_c", {"a_b_x", "a_b_y"}), "a_b_x");
}

TEST(NearestNameTest, WhatIsFarIsNotMeant) {
  EXPECT_EQ(NearestName("abcdefgh", {"abcd"}), "");
  EXPECT_EQ(NearestName("abcdefg", {"abcd"}), "abcd");
  EXPECT_EQ(NearestName("to", {"at", "from"}), "");
  EXPECT_EQ(NearestName("", {"a"}), "");
  EXPECT_EQ(NearestName("a", {}), "");
  EXPECT_EQ(NearestName(std::string(100'000'000, 'a'), {"a", "b"}), "");
}

}  // namespace
}  // namespace shadowreel
