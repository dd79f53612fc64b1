#include "scenarios/emit/virtual_service_patch.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status.h"

namespace shadowreel {
namespace {

const Json kDestination =
    Json::parse(R"({"host": "recorder.capture.svc.cluster.local", "port": {"number": 9000}})");

Json Object(const std::string& route) {
  Json object = Json::parse(R"({"kind": "VirtualService", "metadata": {"name": "httpbin"},
      "spec": {"hosts": ["*"], "http": []}})");
  object["spec"]["http"].push_back(Json::parse(route));
  return object;
}

ChosenRoutes Chosen(const Json& object) {
  ChosenRoutes chosen;
  chosen.object = {"networking.istio.io/v1", "VirtualService", "default", "httpbin"};
  chosen.routes.push_back({"/spec/http/0", object["spec"]["http"][0]});
  return chosen;
}

RecorderPlace Recorder() {
  RecorderPlace recorder;
  recorder.name = "recorder";
  recorder.name_space = "capture";
  recorder.host = "recorder.capture.svc.cluster.local";
  recorder.port = 9000;
  return recorder;
}

Json Parsed(const JsonPatch& patch) { return Json::parse(patch.Text()); }

struct Mirroring {
  Json route;       // with the mirror
  Json taken_away;  // the object after both patches
};

// nlohmann's own patch() throws when a test fails.
Mirroring Mirror(const Json& object, double percent, bool mirrors_list) {
  const absl::StatusOr<PatchPair> patches =
      PatchVirtualService(Chosen(object), Recorder(), percent, mirrors_list);
  EXPECT_TRUE(patches.ok()) << patches.status();
  const Json mirroring = object.patch(Parsed(patches->add));
  return {mirroring["spec"]["http"][0], mirroring.patch(Parsed(patches->remove))};
}

std::string ErrorOf(const std::string& route, bool mirrors_list) {
  const absl::StatusOr<PatchPair> patches =
      PatchVirtualService(Chosen(Object(route)), Recorder(), 10, mirrors_list);
  return patches.ok() ? "" : Message(patches.status());
}

TEST(VirtualServicePatchTest, ARouteWithoutAMirrorGetsAListOfOne) {
  const Json object = Object(R"({"route": [{"destination": {"host": "a"}}]})");
  const Mirroring made = Mirror(object, 12.5, true);
  EXPECT_EQ(made.route["mirrors"][0]["destination"], kDestination);
  EXPECT_EQ(made.route["mirrors"][0]["percentage"]["value"], 12.5);
  EXPECT_EQ(made.route["mirrors"].size(), 1U);
  EXPECT_FALSE(made.route.contains("mirror"));
  EXPECT_EQ(made.taken_away, object);
}

TEST(VirtualServicePatchTest, BeforeMirrorsThereIsMirrorWithItsPercentage) {
  const Json object = Object(R"({"route": [{"destination": {"host": "a"}}]})");
  const Mirroring made = Mirror(object, 0, false);
  EXPECT_EQ(made.route["mirror"], kDestination);
  EXPECT_EQ(made.route["mirrorPercentage"]["value"], 0);
  EXPECT_FALSE(made.route.contains("mirrors"));
  EXPECT_EQ(made.taken_away, object);
}

TEST(VirtualServicePatchTest, AListIsAppendedTo) {
  const Json object =
      Object(R"({"mirrors": [{"destination": {"host": "b"}}, {"destination": {"host": "c"}}]})");
  const Mirroring made = Mirror(object, 50, true);
  ASSERT_EQ(made.route["mirrors"].size(), 3U);
  EXPECT_EQ(made.route["mirrors"][0]["destination"]["host"], "b");
  EXPECT_EQ(made.route["mirrors"][2]["destination"], kDestination);
  EXPECT_EQ(made.taken_away, object);
}

TEST(VirtualServicePatchTest, AnEmptyListAndALeftOverPercentComeBack) {
  for (const char* route : {R"({"mirrors": []})", R"({"mirrorPercentage": {"value": 3}})"}) {
    for (const bool mirrors_list : {true, false}) {
      const Json object = Object(route);
      EXPECT_EQ(Mirror(object, 50, mirrors_list).taken_away, object) << route;
    }
  }
}

TEST(VirtualServicePatchTest, AMirrorOfAnotherMovesToTheListWithItsPercent) {
  struct Case {
    const char* percent;
    const char* moved;
  };
  for (const Case& one :
       {Case{"", "null"}, Case{R"(, "mirror_percent": 100)", R"({"value": 100})"},
        Case{R"(, "mirrorPercent": 5)", R"({"value": 5})"},
        Case{R"(, "mirrorPercentage": {"value": 0.5}, "mirrorPercent": 5)", R"({"value": 0.5})"}}) {
    const Json object = Object(R"({"mirror": {"host": "httpbin", "subset": "v2"})" +
                               std::string(one.percent) + "}");
    const Mirroring made = Mirror(object, 50, true);
    EXPECT_EQ(made.route.size(), 1U) << made.route;
    ASSERT_EQ(made.route["mirrors"].size(), 2U);
    EXPECT_EQ(made.route["mirrors"][0]["destination"]["subset"], "v2");
    EXPECT_EQ(made.route["mirrors"][0].value("percentage", Json()), Json::parse(one.moved));
    EXPECT_EQ(made.taken_away, object);
  }
}

TEST(VirtualServicePatchTest, AnObjectThatChangedIsLeftAlone) {
  const Json object = Object(R"({"route": [{"destination": {"host": "a"}}]})");
  const absl::StatusOr<PatchPair> patches =
      PatchVirtualService(Chosen(object), Recorder(), 10, true);
  ASSERT_TRUE(patches.ok());
  Json other_name = object;
  other_name["metadata"]["name"] = "other";
  EXPECT_ANY_THROW(other_name.patch(Parsed(patches->add)));
  Json mirrored_meanwhile = object;
  mirrored_meanwhile["spec"]["http"][0]["mirrors"] =
      Json::parse(R"([{"destination": {"host": "b"}}])");
  EXPECT_ANY_THROW(mirrored_meanwhile.patch(Parsed(patches->add)));
  EXPECT_ANY_THROW(object.patch(Parsed(patches->remove)));  // there is no mirror
}

TEST(VirtualServicePatchTest, TheTakingAwayTakesNobodyElsesMirror) {
  const Json object = Object(R"({"route": [{"destination": {"host": "a"}}]})");
  const absl::StatusOr<PatchPair> patches =
      PatchVirtualService(Chosen(object), Recorder(), 10, true);
  ASSERT_TRUE(patches.ok());
  Json mirroring = object.patch(Parsed(patches->add));
  Json& mirrors = mirroring["spec"]["http"][0]["mirrors"];
  mirrors.push_back(Json::parse(R"({"destination": {"host": "b"}})"));
  EXPECT_ANY_THROW(mirroring.patch(Parsed(patches->remove)));
  mirrors = Json::parse(R"([{"destination": {"host": "b"}}])");
  EXPECT_ANY_THROW(mirroring.patch(Parsed(patches->remove)));
}

TEST(VirtualServicePatchTest, TheRestOfTheRouteMayChangeWhileItMirrors) {
  const Json object = Object(R"({"route": [{"destination": {"host": "a"}}]})");
  const absl::StatusOr<PatchPair> patches =
      PatchVirtualService(Chosen(object), Recorder(), 10, true);
  ASSERT_TRUE(patches.ok());
  Json mirroring = object.patch(Parsed(patches->add));
  mirroring["spec"]["http"][0]["timeout"] = "5s";
  const Json without = mirroring.patch(Parsed(patches->remove));
  EXPECT_EQ(without["spec"]["http"][0],
            Json::parse(R"({"route": [{"destination": {"host": "a"}}], "timeout": "5s"})"));
}

TEST(VirtualServicePatchTest, TheSameMirrorTwiceIsRefused) {
  for (const char* route :
       {R"({"mirror": {"host": "recorder.capture.svc.cluster.local"}})",
        R"({"mirror": {"host": "recorder.capture.svc", "port": {"number": 9000}}})",
        R"({"mirrors": [{"destination": {"host": "recorder.capture.svc.cluster.local"}}]})"}) {
    EXPECT_EQ(ErrorOf(route, true),
              "/spec/http/0 of VirtualService default/httpbin mirrors to "
              "recorder.capture.svc.cluster.local:9000 already: emit from the manifest without it");
  }
  // Another Service of that name, what is no Service to Istio, and another port.
  EXPECT_EQ(ErrorOf(R"({"mirror": {"host": "recorder"}})", true), "");
  EXPECT_EQ(ErrorOf(R"({"mirror": {"host": "recorder.capture"}})", true), "");
  EXPECT_EQ(
      ErrorOf(R"({"mirror": {"host": "recorder.capture.svc", "port": {"number": 80}}})", true), "");
}

TEST(VirtualServicePatchTest, WhatIstioDoesNotTakeIsRefused) {
  EXPECT_NE(
      ErrorOf(R"({"mirror": {"host": "b"}, "mirrors": [{"destination": {"host": "c"}}]})", true)
          .find("never both"),
      std::string::npos);
  for (const char* route :
       {R"({"mirror": {"host": "b"}})", R"({"mirrors": [{"destination": {"host": "c"}}]})"}) {
    EXPECT_NE(ErrorOf(route, false).find("before 1.19"), std::string::npos);
  }
}

}  // namespace
}  // namespace shadowreel
