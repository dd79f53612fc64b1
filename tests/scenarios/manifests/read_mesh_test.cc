#include "scenarios/manifests/read_mesh.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace shadowreel {
namespace {

std::string FileText(const std::string& name) {
  std::ifstream file("tests/scenarios/manifests/" + name);
  EXPECT_TRUE(file.is_open()) << name;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string Lines(const Problems& problems) {
  std::string lines;
  for (const Problem& problem : problems.Sorted()) lines += problem.Line() + "\n";
  return lines;
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

Mesh MeshOfText(const std::string& text, std::string* said) {
  Problems problems;
  Mesh mesh = ReadMesh({{"m.yaml", text}}, &problems);
  *said = Lines(problems);
  return mesh;
}

// A VirtualService default/shop whose one route is sent to shop, with `lines` behind it.
std::string RouteWith(const std::string& lines) {
  return "apiVersion: networking.istio.io/v1beta1\n"
         "kind: VirtualService\n"
         "metadata: {name: shop}\n"
         "spec:\n"
         "  hosts: [shop]\n"
         "  http:\n"
         "  - route: [{destination: {host: shop}}]\n" +
         lines;
}

// The percent and the spelling of the first mirror.
std::string PercentOf(const std::string& lines) {
  std::string said;
  const Mesh mesh = MeshOfText(RouteWith(lines), &said);
  if (mesh.routes.size() != 1 || mesh.routes[0].mirrors.empty()) return "no mirror: " + said;
  const Mirror& mirror = mesh.routes[0].mirrors[0];
  std::string text = std::to_string(mirror.percent);
  text.erase(text.find_last_not_of('0') + 1);
  return text + " " + mirror.spelling;
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

// Of the CRDs that came after those of crd/.
TEST(CrdTest, FieldsOfLaterReleasesAreKnown) {
  std::string said;
  MeshOfText(R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  trafficPolicy:
    connectionPool: {http: {http2KeepAlive: {interval: 15s, timeout: 5s}}}
    loadBalancer:
      backendUtilization: {errorUtilizationPenaltyPercent: 120, weightUpdatePeriod: 1s}
      zoneAwareLbSetting: {enabled: true, minClusterSize: 3, failover: [{from: a, to: b}]}
    outlierDetection: {outlierDetectionHttpErrorCodes: [429, 503]}
    retryBudget: {budgetInterval: 10s, percent: 20}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http: [{match: [{uri: {prefix: /a}}], redirect: {prefixRewrite: /b}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    sessionPersistence: {type: Cookie, cookie: {name: s, path: /, lifetimeType: Session}}
  - backendRefs: [{name: shop, port: 80}]
    sessionPersistence: {type: Header, header: {name: x-session}}
)",
             &said);
  EXPECT_EQ(said, "");
}

// Istio's own examples of what it allows.
TEST(IstioTest, HostsOfPartialWildcardsAndEmptyProtocolsAreRead) {
  std::string said;
  const Mesh mesh = MeshOfText(R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec:
  hosts: ['*x', '*-eu.example', '*.example', '*']
  ports: [{number: 443, name: https, protocol: ""}]
)",
                               &said);
  EXPECT_EQ(said, "");
  ASSERT_EQ(mesh.entries.size(), 1u);
  EXPECT_EQ(mesh.entries[0].hosts.size(), 4u);
}

TEST(IstioTest, AnEmptyListOfMirrorsIsNone) {
  std::string said;
  const Mesh mesh = MeshOfText(R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http:
  - route: [{destination: {host: shop}}]
    mirrors: []
    mirror: {host: other}
    mirrorPercentage: {value: 5}
)",
                               &said);
  EXPECT_EQ(said, "");
  ASSERT_EQ(mesh.routes.at(0).mirrors.size(), 1u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].percent, 5);
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

TEST(MirrorPercentTest, EverySpellingIsRead) {
  const std::string mirror = "    mirror: {host: next}\n";
  EXPECT_EQ(PercentOf(mirror), "100. ");
  EXPECT_EQ(PercentOf(mirror + "    mirrorPercentage: {value: 0.25}\n"),
            "0.25 mirrorPercentage.value");
  EXPECT_EQ(PercentOf(mirror + "    mirrorPercent: 25\n"), "25. mirrorPercent");
  EXPECT_EQ(PercentOf(mirror + "    mirror_percent: 25\n"), "25. mirror_percent");
  EXPECT_EQ(PercentOf(mirror + "    mirror_percentage: {value: 25}\n"),
            "25. mirror_percentage.value");
  EXPECT_EQ(PercentOf("    mirrors: [{destination: {host: next}, percentage: {value: 3}}]\n"),
            "3. mirrors[].percentage");
}

TEST(MirrorPercentTest, MinusZeroIsZero) {
  EXPECT_EQ(PercentOf("    mirror: {host: next}\n    mirrorPercentage: {value: -0}\n"),
            "0. mirrorPercentage.value");
}

TEST(MirrorPercentTest, PercentageComesBeforePercentAndZeroIsZero) {
  const std::string mirror = "    mirror: {host: next}\n";
  EXPECT_EQ(PercentOf(mirror + "    mirrorPercent: 25\n    mirrorPercentage: {value: 5}\n"),
            "5. mirrorPercentage.value");
  EXPECT_EQ(PercentOf(mirror + "    mirrorPercent: 0\n"), "0. mirrorPercent");
  EXPECT_EQ(PercentOf(mirror + "    mirrorPercentage: {}\n"), "0. mirrorPercentage.value");
  EXPECT_EQ(PercentOf(mirror + "    mirrorPercentage: null\n    mirrorPercent: 5\n"),
            "5. mirrorPercent");
}

TEST(MirrorPercentTest, WhatHasNoEffectIsWarnedOf) {
  std::string said;
  MeshOfText(RouteWith("    mirror: {host: next}\n    mirrorPercent: 25\n"
                       "    mirrorPercentage: {value: 5}\n"),
             &said);
  EXPECT_EQ(said,
            "m.yaml:9:5: warning: 'mirrorPercent' is ignored beside 'mirrorPercentage'; "
            "leave it out\n");
  MeshOfText(RouteWith("    mirrorPercent: 25\n"), &said);
  EXPECT_EQ(said, "m.yaml:8:5: warning: 'mirrorPercent' without 'mirror' has no effect\n");
  MeshOfText(RouteWith("    mirror: {host: next}\n    mirror_percentage: {value: 5}\n"), &said);
  EXPECT_EQ(said,
            "m.yaml:9:5: warning: 'mirror_percentage' is for Istio itself: a cluster's API server "
            "knows 'mirrorPercentage' alone and drops this; write 'mirrorPercentage'\n");
}

TEST(MirrorPercentTest, MirrorOfOneBackendSamplesItsShareOfTheRule) {
  std::string said;
  const Mesh mesh = MeshOfText(
      "apiVersion: gateway.networking.k8s.io/v1beta1\n"
      "kind: HTTPRoute\n"
      "metadata: {name: shop, namespace: prod}\n"
      "spec:\n"
      "  rules:\n"
      "  - backendRefs:\n"
      "    - {name: shop, port: 80, weight: 3}\n"
      "    - name: shop\n"
      "      namespace: next\n"
      "      port: 80\n"
      "      weight: 1\n"
      "      filters:\n"
      "      - type: RequestMirror\n"
      "        requestMirror: {backendRef: {name: a, port: 80}, percent: 50}\n"
      "    filters:\n"
      "    - type: RequestMirror\n"
      "      requestMirror: {backendRef: {name: b, port: 80}, fraction: {numerator: 1}}\n",
      &said);
  EXPECT_EQ(said, "");
  ASSERT_EQ(mesh.routes.size(), 1u);
  EXPECT_EQ(mesh.routes[0].destinations[1].host, "shop.next.svc.cluster.local");
  ASSERT_EQ(mesh.routes[0].mirrors.size(), 2u);
  EXPECT_EQ(mesh.routes[0].mirrors[0].to.host, "b");
  EXPECT_EQ(mesh.routes[0].mirrors[0].percent, 1);
  EXPECT_EQ(mesh.routes[0].mirrors[1].to.host, "a");
  EXPECT_EQ(mesh.routes[0].mirrors[1].percent, 12.5);
}

TEST(RouteTest, MatchesAreReadAndWhatIsNotEvaluatedIsNamed) {
  std::string said;
  const Mesh mesh = MeshOfText(RouteWith("    match:\n"
                                         "    - uri: {exact: /a}\n"
                                         "      headers: {x-user: {exact: me}}\n"
                                         "      port: 80\n"
                                         "    - uri: {regex: '/b/[0-9]+'}\n"
                                         "      ignore_uri_case: true\n"
                                         "    - method: {prefix: P}\n"
                                         "      name: writers\n"),
                               &said);
  ASSERT_EQ(mesh.routes.size(), 1u);
  const std::vector<RouteMatch>& matches = mesh.routes[0].matches;
  ASSERT_EQ(matches.size(), 3u);
  EXPECT_EQ(matches[0].path.kind, PathMatch::Kind::kExact);
  EXPECT_EQ(matches[0].further, (std::vector<std::string>{"headers", "port"}));
  EXPECT_EQ(matches[1].path.kind, PathMatch::Kind::kRegex);
  EXPECT_EQ(matches[1].path.value, "/b/[0-9]+");
  EXPECT_EQ(matches[1].further, std::vector<std::string>{"ignoreUriCase"});
  EXPECT_EQ(matches[2].path.kind, PathMatch::Kind::kAny);
  EXPECT_EQ(matches[2].further, std::vector<std::string>{"method"});
}

TEST(RouteTest, RewritesOfBothApisAreRead) {
  std::string said;
  const Mesh istio = MeshOfText(
      RouteWith("    rewrite: {uri_regex_rewrite: {match: '^/a/(.*)', rewrite: '/b/\\1'}}\n"),
      &said);
  EXPECT_EQ(istio.routes.at(0).rewrite.kind, RouteRewrite::Kind::kUriRegex);
  EXPECT_EQ(istio.routes[0].rewrite.expression, "^/a/(.*)");
  EXPECT_EQ(istio.routes[0].rewrite.to, "/b/\\1");
  const std::string gateway =
      "apiVersion: gateway.networking.k8s.io/v1\n"
      "kind: HTTPRoute\n"
      "metadata: {name: shop}\n"
      "spec:\n"
      "  rules:\n"
      "  - matches: [{path: {value: /a}}]\n"
      "    filters:\n"
      "    - type: URLRewrite\n"
      "      urlRewrite: {hostname: b.example, path: ";
  const Mesh prefix =
      MeshOfText(gateway + "{type: ReplacePrefixMatch, replacePrefixMatch: /b}}\n", &said);
  EXPECT_EQ(said, "");
  EXPECT_EQ(prefix.routes.at(0).rewrite.kind, RouteRewrite::Kind::kSegmentPrefix);
  EXPECT_EQ(prefix.routes[0].rewrite.to, "/b");
  EXPECT_EQ(prefix.routes[0].rewrite.authority, "b.example");
  const Mesh whole = MeshOfText(gateway + "{type: ReplaceFullPath, replaceFullPath: /c}}\n", &said);
  EXPECT_EQ(whole.routes.at(0).rewrite.kind, RouteRewrite::Kind::kFullPath);
  EXPECT_EQ(whole.routes[0].rewrite.to, "/c");
}

TEST(ServiceEntryTest, PortsAndEndpointsAreRead) {
  std::string said;
  const Mesh mesh = MeshOfText(
      "apiVersion: networking.istio.io/v1\n"
      "kind: ServiceEntry\n"
      "metadata: {name: recorder, namespace: shadow}\n"
      "spec:\n"
      "  hosts: [recorder.example.com]\n"
      "  ports: [{name: https, number: 443, protocol: HTTPS, targetPort: 8443}]\n"
      "  resolution: STATIC\n"
      "  endpoints:\n"
      "  - {address: 192.0.2.7, labels: {zone: a}}\n"
      "  - {address: 192.0.2.8, ports: {https: 9443}}\n",
      &said);
  EXPECT_EQ(said, "");
  ASSERT_EQ(mesh.entries.size(), 1u);
  EXPECT_TRUE(mesh.entries[0].external);
  ASSERT_EQ(mesh.entries[0].endpoints.size(), 2u);
  EXPECT_EQ(mesh.entries[0].endpoints[0].ports.at("https"), 8443);
  EXPECT_EQ(mesh.entries[0].endpoints[0].labels.at("zone"), "a");
  EXPECT_EQ(mesh.entries[0].endpoints[1].ports.at("https"), 9443);
}

TEST(DestinationRuleTest, TlsAndConnectionPoolsAreSeen) {
  std::string said;
  const std::string head =
      "apiVersion: networking.istio.io/v1\n"
      "kind: DestinationRule\n"
      "metadata: {name: a}\n"
      "spec:\n"
      "  host: a.example.com\n";
  const Mesh mesh = MeshOfText(
      head +
          "  trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]}\n"
          "  subsets:\n"
          "  - name: v2\n"
          "    trafficPolicy: {connectionPool: {http: {http2_max_requests: 10}}}\n",
      &said);
  const DestinationRule& rule = mesh.rules.at(0);
  EXPECT_EQ(rule.tls_mode, "SIMPLE");
  EXPECT_FALSE(rule.has_connection_pool);
  EXPECT_TRUE(rule.has_traffic_policy);
  EXPECT_TRUE(rule.subsets.at(0).has_traffic_policy);
  EXPECT_TRUE(rule.subsets[0].has_connection_pool);
  const Mesh empty = MeshOfText(head + "  trafficPolicy: {connectionPool: {tcp: {}}}\n", &said);
  EXPECT_FALSE(empty.rules.at(0).has_connection_pool);
}

}  // namespace
}  // namespace shadowreel
