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

}  // namespace
}  // namespace shadowreel
