#include "scenarios/emit/percent_json.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

std::string Filter(double percent) {
  Json filter = Json::object();
  SetFilterPercent(percent, &filter);
  return filter.dump();
}

TEST(PercentJsonTest, WholePercentsAreIntegers) {
  EXPECT_EQ(PercentJson(50).dump(), "50");
  EXPECT_EQ(PercentJson(0).dump(), "0");
  EXPECT_EQ(PercentJson(12.5).dump(), "12.5");
}

TEST(PercentJsonTest, FiltersTakeOthersAsFractions) {
  EXPECT_EQ(Filter(100), R"({"percent":100})");
  EXPECT_EQ(Filter(0), R"({"percent":0})");
  EXPECT_EQ(Filter(12.5), R"({"fraction":{"numerator":125,"denominator":1000}})");
  EXPECT_EQ(Filter(0.1), R"({"fraction":{"numerator":1,"denominator":1000}})");
  EXPECT_EQ(Filter(99.99), R"({"fraction":{"numerator":9999,"denominator":10000}})");
}

TEST(PercentJsonTest, TheFinestFractionFitsTheSchema) {
  EXPECT_EQ(Filter(0.0001), R"({"fraction":{"numerator":1,"denominator":1000000}})");
}

}  // namespace
}  // namespace shadowreel
