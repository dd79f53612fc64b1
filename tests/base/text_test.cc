#include "base/text.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

using Parts = std::vector<std::string>;

TEST(TextTest, BlanksAndTabsAroundATextAreTrimmed) {
  EXPECT_EQ(Trimmed(" \t a b\t "), "a b");
  EXPECT_EQ(Trimmed("a"), "a");
  EXPECT_EQ(Trimmed("\na"), "\na");
  EXPECT_EQ(Trimmed(" \t"), "");
  EXPECT_EQ(Trimmed(""), "");
}

TEST(TextTest, PartsOfAListThatAreEmptyAreLeftOut) {
  EXPECT_EQ(SplitList("a,b c,d"), (Parts{"a", "b c", "d"}));
  EXPECT_EQ(SplitList(",a,,b,"), (Parts{"a", "b"}));
  EXPECT_EQ(SplitList("a"), Parts{"a"});
  EXPECT_EQ(SplitList(","), Parts{});
  EXPECT_EQ(SplitList(""), Parts{});
}

TEST(TextTest, WhatALongListLeavesOutIsCounted) {
  EXPECT_EQ(ListBeginning({}), "");
  EXPECT_EQ(ListBeginning({"v1", "v2"}, 2), "v1, v2");
  EXPECT_EQ(ListBeginning({"v1", "v2", "v3", "v4"}, 2, "; "), "v1; v2 and 2 more");
  EXPECT_EQ(ListBeginning(Parts(11, "a")), "a, a, a, a, a, a, a, a, a, a and 1 more");
}

}  // namespace
}  // namespace shadowreel
