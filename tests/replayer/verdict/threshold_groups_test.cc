#include "replayer/verdict/threshold_groups.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace shadowreel {
namespace {

std::vector<Threshold> For(const std::vector<std::string>& endpoints) {
  std::vector<Threshold> thresholds;
  for (const std::string& endpoint : endpoints) {
    thresholds.push_back(*ParseThreshold("errors < 1% for " + endpoint));
  }
  return thresholds;
}

bool Names(const std::string& wanted, const std::string& endpoint, const EndpointNamer& namer) {
  return !GroupsOfThresholds(For({wanted}), namer).of(endpoint).empty();
}

TEST(ThresholdGroupsTest, EachEndpointIsOneGroup) {
  std::vector<Threshold> thresholds = For({"/a", "GET /b", "/a"});
  thresholds.push_back(*ParseThreshold("errors < 1%"));
  const EndpointGroups groups = GroupsOfThresholds(thresholds, {});
  EXPECT_EQ(groups.names, (std::vector<std::string>{"/a", "GET /b"}));
  EXPECT_EQ(groups.of("GET /b"), (std::vector<size_t>{1}));
  EXPECT_EQ(groups.of("POST /a"), (std::vector<size_t>{0}));
  EXPECT_EQ(groups.of("(other)"), std::vector<size_t>{});
}

TEST(ThresholdGroupsTest, AnEndpointMayBelongToSeveral) {
  const EndpointGroups groups = GroupsOfThresholds(For({"/{rest...}", "GET /a", "/b"}), {});
  EXPECT_EQ(groups.of("GET /a"), (std::vector<size_t>{0, 1}));
}

TEST(ThresholdGroupsTest, AnEndpointMayBeWrittenFoldedOrAsOneOfItsRequests) {
  const EndpointNamer folds;
  EXPECT_TRUE(Names("GET /cart/{number}", "GET /cart/{number}", folds));
  EXPECT_TRUE(Names("GET /cart/{id}", "GET /cart/{number}", folds));
  EXPECT_TRUE(Names("GET /cart/42", "GET /cart/{number}", folds));
  EXPECT_TRUE(Names("/cart/42", "POST /cart/{number}", folds));
  EXPECT_FALSE(Names("GET /cart/42", "POST /cart/{number}", folds));
  EXPECT_FALSE(Names("GET /cart/x", "GET /cart/{number}", folds));
  const EndpointNamer plain({}, false);
  EXPECT_TRUE(Names("GET /cart/42", "GET /cart/42", plain));
  EXPECT_FALSE(Names("GET /cart/42", "GET /cart/43", plain));
  const EndpointNamer own({*ParsePathTemplate("/product/{name}")}, true);
  EXPECT_TRUE(Names("/product/shoe", "GET /product/{name}", own));
  EXPECT_TRUE(Names("/product/{id}", "GET /product/{name}", own));
}

}  // namespace
}  // namespace shadowreel
