#include "scenarios/manifests/mesh_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/posix_file_system.h"
#include "base/status.h"
#include "scenarios/manifests/load_mesh.h"

namespace shadowreel {
namespace {

const std::string kHere = "tests/scenarios/manifests/";

class MeshReport : public testing::Test {
 protected:
  Mesh Load(std::vector<std::string> paths) {
    for (std::string& path : paths) path = kHere + path;
    std::vector<std::string> warnings;
    auto mesh = LoadMesh(files_, paths, &warnings);
    EXPECT_TRUE(mesh.ok()) << Message(mesh.status());
    return mesh.ok() ? *std::move(mesh) : Mesh();
  }

  std::string Golden(const std::string& name) {
    auto text = ReadFile(files_, kHere + "golden/" + name, size_t{1} << 20);
    EXPECT_TRUE(text.ok()) << Message(text.status());
    return text.ok() ? *std::move(text) : "";
  }

  PosixFileSystem files_;
};

TEST_F(MeshReport, OfTheSeedsServiceB) {
  EXPECT_EQ(MeshText(Load({"seed/service_b.yaml", "seed/service_b_rule.yaml"})),
            Golden("service_b.txt"));
}

TEST_F(MeshReport, OfTheSeedsHttpbinAtEveryPercent) {
  EXPECT_EQ(MeshText(Load({"seed/httpbin.yaml"})), Golden("httpbin.txt"));
  EXPECT_EQ(MeshText(Load({"seed/httpbin_100.yaml"})), Golden("httpbin_100.txt"));
  EXPECT_EQ(MeshText(Load({"seed/httpbin_50.yaml"})), Golden("httpbin_50.txt"));
}

TEST_F(MeshReport, OfTheSeedsOtherMesh) {
  EXPECT_EQ(MeshText(Load({"seed/httpbin_other_mesh.yaml"})), Golden("httpbin_other_mesh.txt"));
}

TEST_F(MeshReport, OfAClustersObjectsWithTheirEndpoints) {
  const Mesh mesh = Load({"lists/kubectl_get.yaml"});
  EXPECT_EQ(MeshText(mesh), Golden("kubectl_get.txt"));
  EXPECT_EQ(MeshJson(mesh), Golden("kubectl_get.json"));
}

TEST_F(MeshReport, OfTheGatewayApi) {
  EXPECT_EQ(MeshText(Load({"docs/gateway_mirror_percent.yaml"})), Golden("gateway_mirror.txt"));
}

TEST_F(MeshReport, OfNamesThatWouldActOnATerminal) {
  Mesh mesh;
  mesh.routes.emplace_back().hosts = {"a\x1b[2J\nb"};
  mesh.routes.back().place = {std::make_shared<const std::string>("\xff.yaml"), 1, 1};
  EXPECT_NE(MeshText(mesh).find(R"(a\x1b[2J\nb)"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(MeshJson(mesh))["routes"][0]["hosts"][0], "a\x1b[2J\nb");
}

TEST_F(MeshReport, OfNothing) {
  EXPECT_EQ(MeshText({}), "no routes and no subsets\n");
  EXPECT_EQ(nlohmann::json::parse(MeshJson({})),
            (nlohmann::json{{"schema_version", 1},
                            {"routes", nlohmann::json::array()},
                            {"destination_rules", nlohmann::json::array()}}));
}

}  // namespace
}  // namespace shadowreel
