#include "formats/exchange/tally.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(TallyTest, KindsAreCountedWithTheirFirstPlaces) {
  Tally tally;
  for (int i = 0; i < 10; ++i) tally.Add("odd", "line " + std::to_string(i));
  tally.Add("even", "line 10");
  tally.AddChange("bent", "line 11");
  EXPECT_EQ(tally.total(), 11u);
  ASSERT_EQ(tally.entries().size(), 2u);
  EXPECT_EQ(tally.entries().at("odd").count, 10u);
  EXPECT_EQ(tally.entries().at("odd").places,
            (std::vector<std::string>{"line 0", "line 1", "line 2"}));
  EXPECT_EQ(tally.entries().at("even").count, 1u);
  EXPECT_EQ(tally.changes().at("bent").count, 1u);
}

}  // namespace
}  // namespace shadowreel
