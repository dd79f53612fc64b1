#include "scenarios/manifests/subset_endpoints.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

Place At(int line) { return {std::make_shared<const std::string>("mesh.yaml"), line, 1}; }

ObjectName Named(const std::string& kind, const std::string& name,
                 const std::string& name_space = "default") {
  return {"v1", kind, name_space, name};
}

DestinationRule Rule(const std::string& host, const std::string& name_space = "default") {
  DestinationRule rule;
  rule.object = Named("DestinationRule", "httpbin", name_space);
  rule.host = host;
  rule.place = At(1);
  for (const char* version : {"v1", "v2"}) {
    SubsetRule& subset = rule.subsets.emplace_back();
    subset.name = version;
    subset.labels = {{"version", version}};
  }
  return rule;
}

MeshEndpoint Endpoint(const std::string& address, const std::string& version,
                      std::map<std::string, uint16_t> ports = {{"http", 80}}) {
  MeshEndpoint endpoint;
  endpoint.address = address;
  endpoint.ports = std::move(ports);
  endpoint.labels = {{"app", "httpbin"}, {"version", version}};
  endpoint.labels_are_its_own = true;
  endpoint.place = At(9);
  return endpoint;
}

// The seed's: Service 8000 -> 80, two versions.
Mesh Seed(const std::string& name_space = "default") {
  Mesh mesh;
  mesh.rules = {Rule("httpbin", name_space)};
  Service& service = mesh.services.emplace_back();
  service.object = Named("Service", "httpbin", name_space);
  service.ports = {{"http", "TCP", 8000, "80"}, {"metrics", "TCP", 9090, "9090"}};
  service.place = At(5);
  EndpointSlice& slice = mesh.slices.emplace_back();
  slice.object = Named("EndpointSlice", "httpbin-x", name_space);
  slice.service = "httpbin";
  slice.endpoints = {Endpoint("10.0.0.1", "v1"), Endpoint("10.0.0.2", "v2"),
                     Endpoint("fd00::3", "v2", {{"http", 8080}, {"metrics", 9090}})};
  return mesh;
}

std::vector<std::string> Servers(const Mesh& mesh, const std::string& host, uint16_t port,
                                 const std::string& subset) {
  const auto found = FindSubsetEndpoints(mesh, host, port, subset);
  EXPECT_TRUE(found.ok()) << Message(found.status());
  std::vector<std::string> servers;
  if (!found.ok()) return servers;
  for (const SubsetServer& server : found->servers) {
    servers.push_back(server.address + " " + std::to_string(server.port));
  }
  return servers;
}

std::string Error(const Mesh& mesh, const std::string& host, uint16_t port,
                  const std::string& subset) {
  const auto found = FindSubsetEndpoints(mesh, host, port, subset);
  EXPECT_EQ(found.status().code(), absl::StatusCode::kInvalidArgument);
  return Message(found.status());
}

using Texts = std::vector<std::string>;

TEST(SubsetEndpoints, AreThoseWithItsLabelsAtTheServicesPort) {
  EXPECT_EQ(Servers(Seed(), "httpbin", 8000, "v2"), (Texts{"10.0.0.2 80", "fd00::3 8080"}));
  EXPECT_EQ(Servers(Seed(), "httpbin", 8000, "v1"), (Texts{"10.0.0.1 80"}));
  const auto found = FindSubsetEndpoints(Seed(), "httpbin", 8000, "v2");
  EXPECT_EQ(found->labels, (Labels{{"version", "v2"}}));
  EXPECT_FALSE(found->has_traffic_policy);
  EXPECT_TRUE(found->notes.empty());
}

TEST(SubsetEndpoints, AHostIsItsServiceInEveryLength) {
  for (const char* host :
       {"HTTPBIN", "httpbin.default", "httpbin.default.svc", "httpbin.default.svc.cluster.local"}) {
    EXPECT_EQ(Servers(Seed(), host, 8000, "v1"), (Texts{"10.0.0.1 80"})) << host;
  }
  for (const char* host : {"httpb", "httpbin.other", "httpbin.default.svc.cluster", ""}) {
    EXPECT_EQ(Error(Seed(), host, 8000, "v1"),
              "no DestinationRule for host '" + std::string(host) +
                  "' among the manifests; there are rules for httpbin.default.svc.cluster.local");
  }
  EXPECT_EQ(Error({}, "httpbin", 80, "v1"),
            "no DestinationRule for host 'httpbin' among the manifests; there is none at all");
}

TEST(SubsetEndpoints, AShortHostInTwoNamespacesIsAmbiguous) {
  Mesh mesh = Seed();
  Mesh other = Seed("staging");
  mesh.rules.push_back(other.rules[0]);
  mesh.services.push_back(other.services[0]);
  mesh.slices.push_back(other.slices[0]);
  mesh.slices[1].endpoints = {Endpoint("10.9.9.9", "v2")};
  EXPECT_EQ(Error(mesh, "httpbin", 8000, "v2"),
            "'httpbin' may be httpbin.default.svc.cluster.local or "
            "httpbin.staging.svc.cluster.local: write the target's host with its namespace");
  EXPECT_EQ(Servers(mesh, "httpbin.staging", 8000, "v2"), (Texts{"10.9.9.9 80"}));
  mesh.rules.pop_back();
  EXPECT_EQ(Servers(mesh, "httpbin", 8000, "v1"), (Texts{"10.0.0.1 80"})) << "one has subsets";
}

TEST(SubsetEndpoints, WhatIsMissingIsSaidWithWhatThereIs) {
  EXPECT_EQ(Error(Seed(), "httpbin", 8000, "v3"),
            "mesh.yaml:1:1: DestinationRule default/httpbin has no subset 'v3'; there are v1, v2");
  EXPECT_EQ(Error(Seed(), "httpbin", 80, "v2"),
            "mesh.yaml:5:1: httpbin.default.svc.cluster.local has no port 80; it has 8000 (http), "
            "9090 (metrics): write one of them in the target's URL");
  Mesh mesh = Seed();
  mesh.slices[0].endpoints.resize(1);
  EXPECT_EQ(Error(mesh, "httpbin", 8000, "v2"),
            "no endpoint of httpbin.default.svc.cluster.local has version=v2 (subset 'v2'); labels "
            "seen are app=httpbin,version=v1");
  mesh.slices[0].endpoints[0].labels = {{"app", "httpbin"}};
  mesh.slices[0].endpoints[0].labels_are_its_own = false;
  EXPECT_EQ(Error(mesh, "httpbin", 8000, "v2"),
            "no endpoint of httpbin.default.svc.cluster.local has version=v2 (subset 'v2'); labels "
            "seen are app=httpbin; an EndpointSlice's endpoints have the labels of their Pods: add "
            "these to the manifests");
  mesh.slices.clear();
  EXPECT_EQ(Error(mesh, "httpbin", 8000, "v2"),
            "no endpoints of httpbin.default.svc.cluster.local among the manifests: add its "
            "EndpointSlices, or a ServiceEntry with endpoints");
}

TEST(SubsetEndpoints, WhatIsNotReadyIsLeftOutWithANote) {
  Mesh mesh = Seed();
  mesh.slices[0].endpoints[1].ready = false;
  const auto found = FindSubsetEndpoints(mesh, "httpbin", 8000, "v2");
  ASSERT_TRUE(found.ok()) << Message(found.status());
  EXPECT_EQ(found->servers, (std::vector<SubsetServer>{{"fd00::3", 8080}}));
  EXPECT_EQ(found->notes, (Texts{"mesh.yaml:9:1: endpoint 10.0.0.2 is left out: it is not ready"}));
  mesh.slices[0].endpoints[2].ready = false;
  EXPECT_EQ(Error(mesh, "httpbin", 8000, "v2"),
            "no endpoint of subset 'v2' of httpbin.default.svc.cluster.local can be sent to: "
            "mesh.yaml:9:1: endpoint 10.0.0.2 is left out: it is not ready, mesh.yaml:9:1: "
            "endpoint fd00::3 is left out: it is not ready");
}

TEST(SubsetEndpoints, APortIsFoundByItsName) {
  Mesh mesh = Seed();
  EXPECT_EQ(Servers(mesh, "httpbin", 9090, "v2"), (Texts{"fd00::3 9090"}));
  EXPECT_EQ(FindSubsetEndpoints(mesh, "httpbin", 9090, "v2")->notes,
            (Texts{"mesh.yaml:9:1: endpoint 10.0.0.2 is left out: it does not listen for port "
                   "9090"}));
  for (MeshEndpoint& endpoint : mesh.slices[0].endpoints) endpoint.ports.clear();
  EXPECT_EQ(Servers(mesh, "httpbin", 8000, "v1"), (Texts{"10.0.0.1 80"})) << "targetPort";
  mesh.services[0].ports[0].target = "";
  EXPECT_EQ(Servers(mesh, "httpbin", 8000, "v1"), (Texts{"10.0.0.1 8000"}));
}

TEST(SubsetEndpoints, WithoutTheServiceAnEndpointsOnlyPortIsMeant) {
  Mesh mesh = Seed();
  mesh.services.clear();
  EXPECT_EQ(Servers(mesh, "httpbin", 1234, "v2"), (Texts{"10.0.0.2 80"}));
  EXPECT_EQ(FindSubsetEndpoints(mesh, "httpbin", 1234, "v2")->notes,
            (Texts{"mesh.yaml:9:1: endpoint fd00::3 is left out: without the Service among the "
                   "manifests its port cannot be told"}));
}

TEST(SubsetEndpoints, AServiceEntrysEndpointsCount) {
  Mesh mesh;
  mesh.rules = {Rule("bin.example")};
  ServiceEntry& entry = mesh.entries.emplace_back();
  entry.object = Named("ServiceEntry", "bin");
  entry.hosts = {"bin.example"};
  entry.ports = {{"http", "HTTP", 80, "8080"}};
  entry.endpoints = {Endpoint("198.51.100.1", "v1", {}),
                     Endpoint("bin2.example", "v2", {{"http", 9000}}),
                     Endpoint("198.51.100.2", "v2", {})};
  EXPECT_EQ(Servers(mesh, "Bin.example", 80, "v2"),
            (Texts{"bin2.example 9000", "198.51.100.2 8080"}));
}

TEST(SubsetEndpoints, EachServerIsThereOnceAndThereAreNotTooMany) {
  Mesh mesh = Seed();
  std::vector<MeshEndpoint>& endpoints = mesh.slices[0].endpoints;
  endpoints.assign(3, Endpoint("10.0.0.1", "v1"));
  EXPECT_EQ(Servers(mesh, "httpbin", 8000, "v1"), (Texts{"10.0.0.1 80"}));
  for (size_t i = 0; i < kMostSubsetServers; ++i) {
    endpoints.push_back(Endpoint("h" + std::to_string(i), "v1"));
  }
  EXPECT_EQ(Error(mesh, "httpbin", 8000, "v1"),
            "subset 'v1' of httpbin.default.svc.cluster.local has more than 1000 endpoints");
}

TEST(SubsetEndpoints, ATrafficPolicyShows) {
  Mesh mesh = Seed();
  mesh.rules[0].has_traffic_policy = true;
  EXPECT_TRUE(FindSubsetEndpoints(mesh, "httpbin", 8000, "v2")->has_traffic_policy);
  mesh = Seed();
  mesh.rules[0].subsets[0].has_traffic_policy = true;
  EXPECT_TRUE(FindSubsetEndpoints(mesh, "httpbin", 8000, "v1")->has_traffic_policy);
  EXPECT_FALSE(FindSubsetEndpoints(mesh, "httpbin", 8000, "v2")->has_traffic_policy);
}

}  // namespace
}  // namespace shadowreel
