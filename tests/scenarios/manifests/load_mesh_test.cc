#include "scenarios/manifests/load_mesh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/posix_file_system.h"
#include "base/status.h"
#include "scenarios/manifests/read_mesh.h"

namespace shadowreel {
namespace {

using ::testing::HasSubstr;

struct Loaded {
  std::string error;
  std::vector<std::string> warnings;
  Mesh mesh;
};

Loaded LoadText(const std::string& text) {
  const std::string path = ::testing::TempDir() + "/load_mesh.yaml";
  std::ofstream(path, std::ios::binary) << text;
  PosixFileSystem files;
  Loaded loaded;
  absl::StatusOr<Mesh> mesh = LoadMesh(files, {path}, &loaded.warnings);
  if (mesh.ok()) loaded.mesh = *std::move(mesh);
  if (!mesh.ok()) loaded.error = Message(mesh.status());
  return loaded;
}

std::string Object(const std::string& kind, const std::string& rest) {
  const std::string group = kind == "HTTPRoute"       ? "gateway.networking.k8s.io/v1"
                            : kind == "Service"       ? "v1"
                            : kind == "EndpointSlice" ? "discovery.k8s.io/v1"
                                                      : "networking.istio.io/v1";
  return "apiVersion: " + group + "\nkind: " + kind + "\nmetadata: {name: a}\n" + rest + "\n";
}

// What a later release may bring: a linter refuses it, and a replay goes on.
TEST(LoadMeshTest, UnknownFieldsInUnusedPartsAreWarnings) {
  const std::string cases[] = {
      Object("DestinationRule", "spec: {host: a, trafficPolicy: {zzzzzz: 1}}"),
      Object("DestinationRule", "spec: {host: a, trafficPolicy: {tls: {zzzzzz: 1}}}"),
      Object("DestinationRule",
             "spec: {host: a, trafficPolicy: {portLevelSettings: [{tls: {zzzzzz: 1}}]}}"),
      Object("DestinationRule",
             "spec: {host: a, subsets: [{name: v1, trafficPolicy: {zzzzzz: 1}}]}"),
      Object("DestinationRule", "spec: {host: a, trafficPolicy: {connectionPools: {}}}"),
      Object("DestinationRule", "spec: {host: a, zzzzzz: 1}"),
      Object("DestinationRule", "spec: {host: a, trafficPolicy: {loadBalancer: {simple: ZZZZZZ}}}"),
      Object("VirtualService", "spec: {hosts: [a], tcp: [{zzzzzz: 1}]}"),
      Object("VirtualService", "spec: {hosts: [a], zzzzzz: 1}"),
      Object("HTTPRoute", "spec: {parentRefs: [{name: a, zzzzzz: 1}]}"),
      Object("ServiceEntry", "spec: {hosts: [a], workloadSelector: {zzzzzz: 1}}"),
      Object("Service", "spec: {sessionAffinityConfig: {zzzzzz: 1}}"),
      Object("Service", "spec: {}\nzzzzzz: 1"),
  };
  for (const std::string& text : cases) {
    const Loaded loaded = LoadText(text);
    EXPECT_EQ(loaded.error, "") << text;
    ASSERT_EQ(loaded.warnings.size(), 1) << text;
    EXPECT_THAT(loaded.warnings[0], HasSubstr("warning: ")) << text;
    Problems problems;
    ReadMesh({{"m.yaml", text}}, &problems);
    EXPECT_EQ(problems.errors(), 1) << text;
  }
}

TEST(LoadMeshTest, UnknownFieldsInWhatIsUsedAreErrors) {
  const std::string cases[] = {
      Object("DestinationRule", "spec: {host: a, subset: [{name: v1}]}"),
      Object("DestinationRule", "spec: {host: a, subsets: [{name: v1, lables: {a: b}}]}"),
      Object("VirtualService", "spec: {hosts: [a], htpp: []}"),
      Object("VirtualService",
             "spec: {hosts: [a], http: [{zzzzzz: 1, route: [{destination: {host: a}}]}]}"),
      Object("HTTPRoute", "spec: {rules: [{zzzzzz: 1}]}"),
      Object("ServiceEntry", "spec: {hosts: [a], ports: [{name: a, number: 1, zzzzzz: 1}]}"),
      Object("ServiceEntry", "spec: {hosts: [a], endpoints: [{address: 1.2.3.4, zzzzzz: 1}]}"),
      Object("Service", "spec: {ports: [{port: 1, zzzzzz: 1}]}"),
      Object("EndpointSlice", "addressType: IPv4\nzzzzzz: 1"),
      Object("Service", "spce: {}"),
  };
  for (const std::string& text : cases) {
    EXPECT_THAT(LoadText(text).error, HasSubstr("unknown field")) << text;
  }
}

TEST(LoadMeshTest, ErrorsBehindManyWarningsAreStillErrors) {
  std::string rules = "[";
  for (size_t i = 0; i < 2 * Problems::kMost; ++i) rules += "{zzzzzz: 1}, ";
  const std::string policy = "trafficPolicy: {portLevelSettings: " + rules + "]}";
  EXPECT_EQ(LoadText(Object("DestinationRule", "spec: {host: a, " + policy + "}")).error, "");
  EXPECT_THAT(LoadText(Object("DestinationRule", "spec: {" + policy + "}")).error,
              HasSubstr("'host' is missing"));
}

}  // namespace
}  // namespace shadowreel
