#include "scenarios/emit/http_route_patch.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status.h"

namespace shadowreel {
namespace {

constexpr const char* kRule = R"({"matches": [{"path": {"value": "/cart"}}],
    "backendRefs": [{"name": "shop", "port": 80}]})";

Json Object(const std::string& rule) {
  Json object = Json::parse(R"({"kind": "HTTPRoute", "metadata": {"name": "shop"},
      "spec": {"rules": [{}]}})");
  object["spec"]["rules"].push_back(Json::parse(rule));
  return object;
}

ChosenRoutes Chosen(const Json& object, bool live) {
  ChosenRoutes chosen;
  chosen.object = {"gateway.networking.k8s.io/v1", "HTTPRoute", "web", "shop"};
  chosen.live = live;
  chosen.routes.push_back({"/spec/rules/1", object["spec"]["rules"][1]});
  return chosen;
}

absl::StatusOr<PatchPair> Patch(const Json& object, bool live, double percent = 10) {
  RecorderPlace recorder;
  recorder.name = "recorder";
  recorder.name_space = "capture";
  recorder.port = 9000;
  return PatchHttpRoute(Chosen(object, live), recorder, percent);
}

Json Parsed(const JsonPatch& patch) { return Json::parse(patch.Text()); }

// What a server makes of the rule above.
Json Defaulted(Json object) {
  Json& rule = object["spec"]["rules"][1];
  rule["matches"][0]["path"]["type"] = "PathPrefix";
  rule["backendRefs"][0]["weight"] = 1;
  return object;
}

TEST(HttpRoutePatchTest, AFilterIsAddedAndTakenAway) {
  const Json filters = Json::parse(R"([{"type": "URLRewrite"}])");
  for (const Json& before : {Json(), Json::array(), filters}) {
    Json object = Object(kRule);
    if (!before.is_null()) object["spec"]["rules"][1]["filters"] = before;
    const absl::StatusOr<PatchPair> patches = Patch(object, true);
    ASSERT_TRUE(patches.ok()) << patches.status();
    const Json mirroring = object.patch(Parsed(patches->add));
    const Json& after = mirroring["spec"]["rules"][1]["filters"];
    ASSERT_EQ(after.size(), before.size() + 1);
    EXPECT_EQ(after.back()["type"], "RequestMirror");
    EXPECT_EQ(after.back()["requestMirror"]["percent"], 10);
    EXPECT_EQ(after.back()["requestMirror"]["backendRef"]["namespace"], "capture");
    EXPECT_EQ(mirroring.patch(Parsed(patches->remove)), object);
  }
}

TEST(HttpRoutePatchTest, AServersDefaultsDoNotStopAPatchOfAManifest) {
  const Json object = Object(kRule);
  const absl::StatusOr<PatchPair> patches = Patch(object, false);
  ASSERT_TRUE(patches.ok());
  const Json served = Defaulted(object);
  const Json mirroring = served.patch(Parsed(patches->add));
  EXPECT_EQ(mirroring.patch(Parsed(patches->remove)), served);
}

TEST(HttpRoutePatchTest, AppliedTwiceItAddsNoSecondMirror) {
  Json object = Object(kRule);
  object["spec"]["rules"][1]["filters"] = Json::parse(R"([{"type": "URLRewrite"}])");
  for (const bool live : {true, false}) {
    const absl::StatusOr<PatchPair> patches = Patch(object, live);
    ASSERT_TRUE(patches.ok());
    const Json mirroring = object.patch(Parsed(patches->add));
    EXPECT_ANY_THROW(mirroring.patch(Parsed(patches->add)));
  }
}

TEST(HttpRoutePatchTest, AnotherRuleAtThePlaceIsLeftAlone) {
  const Json object = Object(kRule);
  for (const bool live : {true, false}) {
    const absl::StatusOr<PatchPair> patches = Patch(object, live);
    ASSERT_TRUE(patches.ok());
    Json other = object;
    other["spec"]["rules"][1]["matches"][0]["path"]["value"] = "/checkout";
    EXPECT_ANY_THROW(other.patch(Parsed(patches->add)));
    other = object;
    other["metadata"]["name"] = "other";
    EXPECT_ANY_THROW(other.patch(Parsed(patches->add)));
  }
}

TEST(HttpRoutePatchTest, OfALiveObjectAFilterAddedMeanwhileIsNotReplaced) {
  const Json object = Defaulted(Object(kRule));
  const absl::StatusOr<PatchPair> patches = Patch(object, true);
  ASSERT_TRUE(patches.ok());
  Json other = object;
  other["spec"]["rules"][1]["filters"] = Json::parse(R"([{"type": "URLRewrite"}])");
  EXPECT_ANY_THROW(other.patch(Parsed(patches->add)));
}

TEST(HttpRoutePatchTest, TheTakingAwayTakesNoOtherFilter) {
  const Json object = Object(kRule);
  const absl::StatusOr<PatchPair> patches = Patch(object, false);
  ASSERT_TRUE(patches.ok());
  Json mirroring = object.patch(Parsed(patches->add));
  Json& filters = mirroring["spec"]["rules"][1]["filters"];
  filters.push_back(Json::parse(R"({"type": "URLRewrite"})"));
  EXPECT_ANY_THROW(mirroring.patch(Parsed(patches->remove)));
  filters.erase(0);
  EXPECT_ANY_THROW(mirroring.patch(Parsed(patches->remove)));
}

TEST(HttpRoutePatchTest, TheSameMirrorTwiceAndTooManyFiltersAreRefused) {
  Json object = Object(kRule);
  Json& filters = object["spec"]["rules"][1]["filters"];
  filters = Json::parse(
      R"([{"type": "RequestMirror", "requestMirror": {"backendRef":
          {"name": "recorder", "namespace": "capture"}}}])");
  EXPECT_EQ(Message(Patch(object, false).status()),
            "/spec/rules/1 of HTTPRoute web/shop mirrors to Service capture/recorder already: emit "
            "from the manifest without it");
  filters[0]["requestMirror"]["backendRef"].erase("namespace");  // web/recorder
  EXPECT_TRUE(Patch(object, false).ok());
  filters = Json::array();
  for (int i = 0; i < 16; ++i) filters.push_back(Json::parse(R"({"type": "URLRewrite"})"));
  EXPECT_EQ(Message(Patch(object, false).status()),
            "/spec/rules/1 of HTTPRoute web/shop has 16 filters, and a rule may have no more");
}

}  // namespace
}  // namespace shadowreel
