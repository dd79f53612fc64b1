#include "scenarios/yaml/place.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

Place At(const std::string& file, int line, int column) {
  return {std::make_shared<const std::string>(file), line, column};
}

TEST(PlaceTest, TextNamesFileLineAndColumn) {
  EXPECT_EQ(At("perf_ci.yaml", 7, 12).Text(), "perf_ci.yaml:7:12");
  EXPECT_EQ(At("perf_ci.yaml", 0, 0).Text(), "perf_ci.yaml");
  EXPECT_EQ(Place().Text(), "");
}

TEST(PlaceTest, PlacesAreOrderedByFileLineAndColumn) {
  EXPECT_LT(At("a", 9, 9), At("b", 1, 1));
  EXPECT_LT(At("a", 2, 9), At("a", 10, 1));
  EXPECT_LT(At("a", 2, 9), At("a", 2, 10));
  EXPECT_LT(Place(), At("a", 0, 0));
  EXPECT_EQ(At("a", 2, 9), At("a", 2, 9));
  EXPECT_NE(At("a", 2, 9), At("b", 2, 9));
}

}  // namespace
}  // namespace shadowreel
