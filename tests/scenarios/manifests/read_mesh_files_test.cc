// What others wrote, whole files: the practice that mirrors came from, documentation, CRDs, lists
// that kubectl gets.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "scenarios/manifests/read_mesh.h"
#include "tests/scenarios/manifests/problem_lines.h"

namespace shadowreel {
namespace {

std::string FileText(const std::string& name) {
  std::ifstream file("tests/scenarios/manifests/" + name);
  EXPECT_TRUE(file.is_open()) << name;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Of files that have no problem at all.
Mesh MeshOf(const std::vector<std::string>& names) {
  std::vector<ManifestText> files;
  for (const std::string& name : names) files.push_back({name, FileText(name)});
  Problems problems;
  Mesh mesh = ReadMesh(files, &problems);
  EXPECT_EQ(Lines(problems), "");
  return mesh;
}

TEST(SeedTest, ServiceBIsMirroredWholeWithItsPrefixTakenOff) {
  const Mesh mesh = MeshOf({"seed/service_b.yaml", "seed/service_b_rule.yaml"});
  ASSERT_EQ(mesh.routes.size(), 1u);
  const Route& route = mesh.routes[0];
  EXPECT_EQ(route.object.Text(), "VirtualService default/serviceB");
  EXPECT_EQ(route.object.api_version, "networking.istio.io/v1alpha3");
  EXPECT_EQ(route.pointer, "/spec/http/0");
  EXPECT_EQ(route.place.Text(), "seed/service_b.yaml:11:5");
  EXPECT_EQ(route.hosts, std::vector<std::string>{"istio.gateway.xxxx.tech"});
  EXPECT_EQ(route.gateways,
            std::vector<std::string>{"ingressgateway.istio-system.svc.cluster.local"});
  ASSERT_EQ(route.matches.size(), 1u);
  EXPECT_EQ(route.matches[0].path.kind, PathMatch::Kind::kPrefix);
  EXPECT_EQ(route.matches[0].path.value, "/serviceB");
  EXPECT_EQ(route.rewrite.kind, RouteRewrite::Kind::kUri);
  EXPECT_EQ(route.rewrite.to, "/");
  ASSERT_EQ(route.destinations.size(), 1u);
  EXPECT_EQ(route.destinations[0].subset, "v1");
  EXPECT_EQ(route.destinations[0].weight, 100);
  ASSERT_EQ(route.mirrors.size(), 1u);
  const Mirror& mirror = route.mirrors[0];
  EXPECT_EQ(mirror.to.host, "serviceB");
  EXPECT_EQ(mirror.to.subset, "v2");
  EXPECT_EQ(mirror.percent, 100);
  EXPECT_EQ(mirror.spelling, "mirror_percent");
  EXPECT_EQ(mirror.place.Text(), "seed/service_b.yaml:20:5");
  EXPECT_EQ(mirror.percent_place.Text(), "seed/service_b.yaml:23:5");
  ASSERT_EQ(mesh.rules.size(), 1u);
  EXPECT_EQ(mesh.rules[0].host, "serviceB");
  ASSERT_EQ(mesh.rules[0].subsets.size(), 2u);
  EXPECT_EQ(mesh.rules[0].subsets[0].name, "v2");
  EXPECT_EQ(mesh.rules[0].subsets[0].labels, (Labels{{"version", "v2"}}));
  EXPECT_EQ(mesh.objects.size(), 2u);
}

TEST(SeedTest, HttpbinBeforeTheMirrorHasNone) {
  const Mesh mesh = MeshOf({"seed/httpbin.yaml", "seed/httpbin_service.yaml"});
  ASSERT_EQ(mesh.routes.size(), 1u);
  EXPECT_TRUE(mesh.routes[0].mirrors.empty());
  EXPECT_EQ(mesh.routes[0].hosts, std::vector<std::string>{"*"});
  ASSERT_EQ(mesh.rules.size(), 1u);
  EXPECT_EQ(mesh.rules[0].subsets.size(), 2u);
  ASSERT_EQ(mesh.services.size(), 1u);
  EXPECT_EQ(mesh.services[0].selector, (Labels{{"app", "httpbin"}}));
  ASSERT_EQ(mesh.services[0].ports.size(), 1u);
  EXPECT_EQ(mesh.services[0].ports[0].number, 8000);
  EXPECT_EQ(mesh.services[0].ports[0].target, "80");
}

TEST(SeedTest, HttpbinIsMirroredWholeAndHalf) {
  const Mesh whole = MeshOf({"seed/httpbin_100.yaml"});
  ASSERT_EQ(whole.routes.size(), 1u);
  ASSERT_EQ(whole.routes[0].mirrors.size(), 1u);
  EXPECT_EQ(whole.routes[0].mirrors[0].percent, 100);
  const Mesh half = MeshOf({"seed/httpbin_50.yaml"});
  ASSERT_EQ(half.routes.size(), 1u);
  ASSERT_EQ(half.routes[0].mirrors.size(), 1u);
  EXPECT_EQ(half.routes[0].mirrors[0].percent, 50);
  EXPECT_EQ(half.routes[0].mirrors[0].to.subset, "v2");
  EXPECT_EQ(half.routes[0].matches[0].path.value, "/httpbin");
}

TEST(SeedTest, MirrorToAnotherMeshIsReadWithItsPlaceholder) {
  Problems problems;
  const Mesh mesh = ReadMesh({{"other.yaml", FileText("seed/httpbin_other_mesh.yaml")}}, &problems);
  EXPECT_EQ(Lines(problems),
            "other.yaml:22:13: warning: 'host' is ${OTHER_MESH_GATEWAY_URL} to fill in before it "
            "is applied\n");
  ASSERT_EQ(mesh.routes.size(), 1u);
  ASSERT_EQ(mesh.routes[0].mirrors.size(), 1u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].to.host, "${OTHER_MESH_GATEWAY_URL}");
  EXPECT_EQ(mesh.routes[0].mirrors[0].to.subset, "");
  EXPECT_EQ(mesh.routes[0].mirrors[0].percent, 100);
}

TEST(SeedTest, DeploymentsArePassedOver) {
  Problems problems;
  const Mesh mesh = ReadMesh({{"v1.yaml", FileText("seed/deployment_v1.yaml")}}, &problems);
  EXPECT_EQ(Lines(problems),
            "v1.yaml:2:7: note: passed over what is of other kinds: 1 Deployment\n");
  EXPECT_TRUE(mesh.objects.empty());
}

TEST(DocumentationTest, IstioMirrorIsRead) {
  const Mesh mesh = MeshOf({"docs/istio_mirroring.yaml"});
  ASSERT_EQ(mesh.routes.size(), 1u);
  EXPECT_TRUE(mesh.routes[0].matches.empty());
  ASSERT_EQ(mesh.routes[0].mirrors.size(), 1u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].percent, 100);
  EXPECT_EQ(mesh.routes[0].mirrors[0].spelling, "mirrorPercentage.value");
  EXPECT_EQ(mesh.rules.size(), 1u);
}

TEST(DocumentationTest, IstioMirrorOf2020IsRead) {
  const Mesh mesh = MeshOf({"docs/istio_mirroring_2020.yaml"});
  ASSERT_EQ(mesh.routes.size(), 1u);
  ASSERT_EQ(mesh.routes[0].mirrors.size(), 1u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].spelling, "mirrorPercent");
}

TEST(DocumentationTest, IstioMirrorsAreRead) {
  const Mesh mesh = MeshOf({"docs/istio_mirrors.yaml"});
  ASSERT_EQ(mesh.routes.size(), 1u);
  ASSERT_EQ(mesh.routes[0].mirrors.size(), 2u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].percent, 12.5);
  EXPECT_EQ(mesh.routes[0].mirrors[0].spelling, "mirrors[].percentage");
  EXPECT_EQ(mesh.routes[0].mirrors[0].to.subset, "v2");
  EXPECT_EQ(mesh.routes[0].mirrors[1].percent, 100);
  EXPECT_EQ(mesh.routes[0].mirrors[1].spelling, "");
  EXPECT_EQ(mesh.routes[0].mirrors[1].to.host, "recorder.shadow.svc.cluster.local");
  EXPECT_EQ(mesh.routes[0].mirrors[1].to.port, 9090);
}

TEST(DocumentationTest, IstioMirrorByTheGatewayApiIsRead) {
  const Mesh mesh = MeshOf({"docs/istio_mirroring_gateway_api.yaml"});
  ASSERT_EQ(mesh.routes.size(), 1u);
  EXPECT_EQ(mesh.routes[0].gateways, std::vector<std::string>{"httpbin"});
  ASSERT_EQ(mesh.routes[0].mirrors.size(), 1u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].to.host, "httpbin-v2");
  EXPECT_EQ(mesh.routes[0].mirrors[0].to.port, 80);
}

TEST(DocumentationTest, GatewayMirrorIsRead) {
  const Mesh mesh = MeshOf({"docs/gateway_mirror.yaml"});
  ASSERT_EQ(mesh.routes.size(), 1u);
  EXPECT_EQ(mesh.routes[0].object.Text(), "HTTPRoute default/http-filter-mirror");
  EXPECT_EQ(mesh.routes[0].pointer, "/spec/rules/0");
  EXPECT_EQ(mesh.routes[0].hosts, std::vector<std::string>{"mirror.example"});
  ASSERT_EQ(mesh.routes[0].mirrors.size(), 1u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].percent, 100);
  EXPECT_EQ(mesh.routes[0].mirrors[0].spelling, "");
  EXPECT_EQ(mesh.routes[0].mirrors[0].field, "requestMirror");
}

TEST(DocumentationTest, GatewayMirrorPercentAndFractionAreRead) {
  const Mesh mesh = MeshOf({"docs/gateway_mirror_percent.yaml"});
  ASSERT_EQ(mesh.routes.size(), 2u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].percent, 42);
  EXPECT_EQ(mesh.routes[0].mirrors[0].spelling, "percent");
  EXPECT_EQ(mesh.routes[0].matches[0].path.kind, PathMatch::Kind::kSegmentPrefix);
  EXPECT_EQ(mesh.routes[1].mirrors[0].percent, 0.5);
  EXPECT_EQ(mesh.routes[1].mirrors[0].spelling, "fraction");
  EXPECT_EQ(mesh.routes[1].pointer, "/spec/rules/1");
}

// crd/ holds one object of each kind with every field that the schemas of @kubernetes-models/istio
// 3.0.1, @kubernetes-models/gateway-api 2.0.0 and kubernetes-models know, made from their types.
// Such an object cannot make sense, but every field of it must be known, and of its type.
TEST(CrdTest, EveryFieldIsKnownWithItsType) {
  for (const char* kind : {"VirtualService", "DestinationRule", "ServiceEntry", "HTTPRoute",
                           "Service", "EndpointSlice"}) {
    Problems problems;
    const Mesh mesh = ReadMesh({{kind, FileText(std::string("crd/") + kind + ".json")}}, &problems);
    EXPECT_EQ(mesh.objects.size(), 1u) << kind;
    for (const Problem& problem : problems.Sorted()) {
      EXPECT_EQ(problem.text.find("unknown field"), std::string::npos) << problem.Line();
      EXPECT_EQ(problem.text.find("; write"), std::string::npos) << problem.Line();
      EXPECT_EQ(problem.text.find("belongs; quote it"), std::string::npos) << problem.Line();
    }
  }
}

TEST(ListTest, WhatKubectlGetsIsUnwrapped) {
  const Mesh mesh = MeshOf({"lists/kubectl_get.yaml"});
  ASSERT_EQ(mesh.routes.size(), 2u);
  const Route& route = mesh.routes[0];
  EXPECT_EQ(route.object.Text(), "VirtualService prod/shop");
  EXPECT_EQ(route.name, "browse");
  ASSERT_EQ(route.matches.size(), 1u);
  EXPECT_EQ(route.matches[0].method, "GET");
  EXPECT_EQ(route.rewrite.authority, "shop.internal");
  ASSERT_EQ(route.destinations.size(), 2u);
  EXPECT_EQ(route.destinations[0].weight, 90);
  EXPECT_EQ(route.destinations[0].port, 80);
  EXPECT_EQ(route.destinations[1].weight, 10);
  ASSERT_EQ(route.mirrors.size(), 1u);
  EXPECT_EQ(route.mirrors[0].percent, 0.5);
  EXPECT_TRUE(mesh.rules.at(0).has_connection_pool);
  EXPECT_EQ(mesh.services.at(0).ports.at(0).target, "8080");
  EXPECT_EQ(mesh.objects.size(), 4u);
}

TEST(ListTest, EndpointsHaveTheLabelsOfTheirPods) {
  const Mesh mesh = MeshOf({"lists/kubectl_get.yaml"});
  ASSERT_EQ(mesh.slices.size(), 1u);
  EXPECT_EQ(mesh.slices[0].service, "shop");
  ASSERT_EQ(mesh.slices[0].endpoints.size(), 3u);
  const MeshEndpoint& first = mesh.slices[0].endpoints[0];
  EXPECT_EQ(first.address, "10.244.1.17");
  EXPECT_EQ(first.ports, (std::map<std::string, uint16_t>{{"http", 8080}}));
  EXPECT_EQ(first.labels.at("version"), "v1");
  EXPECT_TRUE(first.labels_are_its_own);
  EXPECT_TRUE(first.ready);
  EXPECT_EQ(mesh.slices[0].endpoints[1].labels.at("version"), "v2");
  const MeshEndpoint& without_pod = mesh.slices[0].endpoints[2];
  EXPECT_EQ(without_pod.labels, (Labels{{"app", "shop"}}));
  EXPECT_FALSE(without_pod.labels_are_its_own);
  EXPECT_FALSE(without_pod.ready);
}

TEST(ListTest, JsonIsRead) {
  const Mesh mesh = MeshOf({"lists/kubectl_get.json"});
  ASSERT_EQ(mesh.routes.size(), 1u);
  ASSERT_EQ(mesh.routes[0].mirrors.size(), 1u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].percent, 7.5);
  EXPECT_EQ(mesh.routes[0].mirrors[0].to.port, 8080);
  EXPECT_EQ(mesh.routes[0].place.line, 12);
}

}  // namespace
}  // namespace shadowreel
