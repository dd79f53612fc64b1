#include "scenarios/manifests/read_mesh.h"

#include <gtest/gtest.h>

#include "tests/scenarios/manifests/problem_lines.h"

namespace shadowreel {
namespace {

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

TEST(ReadMeshTest, AKnownKindOfAnUnknownGroupIsSaid) {
  std::string said;
  const std::string rest = "metadata: {name: a}\nspec: {}\n";
  MeshOfText("apiVersion: networking.istio/v1\nkind: VirtualService\n" + rest, &said);
  EXPECT_EQ(said,
            "m.yaml:1:13: warning: 'networking.istio/v1' has no VirtualService that is read, so it "
            "is passed over; did you mean 'networking.istio.io/v1'?\n");
  MeshOfText("apiVersion: v1\nkind: HTTPRoute\n" + rest, &said);
  EXPECT_NE(said.find("did you mean 'gateway.networking.k8s.io/v1'?"), std::string::npos) << said;
  MeshOfText("apiVersion: serving.knative.dev/v1\nkind: Service\n" + rest, &said);
  EXPECT_NE(said.find("note: passed over"), std::string::npos) << said;
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
  EXPECT_EQ(rule.tls_mode, "");  // of one port alone
  EXPECT_EQ(rule.ports.at(443).tls_mode, "SIMPLE");
  EXPECT_FALSE(rule.has_connection_pool);
  EXPECT_TRUE(rule.has_traffic_policy);
  EXPECT_TRUE(rule.subsets.at(0).has_traffic_policy);
  EXPECT_TRUE(rule.subsets[0].has_connection_pool);
  const Mesh empty = MeshOfText(head + "  trafficPolicy: {connectionPool: {tcp: {}}}\n", &said);
  EXPECT_FALSE(empty.rules.at(0).has_connection_pool);
}

}  // namespace
}  // namespace shadowreel
