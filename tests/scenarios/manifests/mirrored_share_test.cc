#include "scenarios/manifests/mirrored_share.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

// Adds a route with one mirror.
void Add(const std::string& host, double percent, int line, Mesh* mesh,
         const std::string& subset = "") {
  Route& route = mesh->routes.emplace_back();
  route.object = {"networking.istio.io/v1", "VirtualService", "prod", "shop"};
  Mirror& mirror = route.mirrors.emplace_back();
  mirror.to.host = host;
  mirror.to.subset = subset;
  mirror.percent = percent;
  mirror.place = {std::make_shared<const std::string>("vs.yaml"), line, 7};
}

std::string Error(const Mesh& mesh, const std::string& host) {
  const auto share = FindMirroredShare(mesh, host);
  EXPECT_EQ(share.status().code(), absl::StatusCode::kInvalidArgument);
  return Message(share.status());
}

TEST(MirroredShare, IsThatOfAllMirrorsWhenTheyAgree) {
  Mesh mesh;
  mesh.routes.emplace_back();
  Add("recorder", 12.5, 20, &mesh, "v2");
  Add("other", 12.5, 30, &mesh);
  const auto share = FindMirroredShare(mesh, "");
  ASSERT_TRUE(share.ok()) << Message(share.status());
  EXPECT_EQ(share->percent, 12.5);
  EXPECT_EQ(share->mirror, "vs.yaml:20:7: mirror to recorder subset v2");
}

TEST(MirroredShare, OfMirrorsThatDisagreeEachIsNamed) {
  Mesh mesh;
  Add("recorder", 50, 20, &mesh, "v2");
  Add("recorder", 100, 30, &mesh);
  EXPECT_EQ(Error(mesh, ""),
            "the mirrors send different shares: vs.yaml:20:7: mirror to recorder subset v2, 50 %; "
            "vs.yaml:30:7: mirror to recorder, 100 %; give --mirror_host to choose those to one "
            "host, or --mirrored_percent");
}

TEST(MirroredShare, IsThatOfTheMirrorsToAHost) {
  Mesh mesh;
  Add("recorder", 50, 20, &mesh);
  Add("other.example", 100, 30, &mesh);
  for (const char* host : {"recorder", "Recorder.prod", "recorder.prod.svc.cluster.local"}) {
    const auto share = FindMirroredShare(mesh, host);
    ASSERT_TRUE(share.ok()) << Message(share.status());
    EXPECT_EQ(share->percent, 50) << host;
  }
  EXPECT_EQ(FindMirroredShare(mesh, "other.example")->percent, 100);
  EXPECT_EQ(
      Error(mesh, "recorder.test"),
      "no mirror among the manifests sends to 'recorder.test'; there are vs.yaml:20:7: mirror "
      "to recorder, 50 %; vs.yaml:30:7: mirror to other.example, 100 %");
}

TEST(MirroredShare, NoMirrorIsAnError) {
  Mesh mesh;
  mesh.routes.emplace_back();
  EXPECT_EQ(Error(mesh, ""), "no route among the manifests has a mirror");
}

}  // namespace
}  // namespace shadowreel
