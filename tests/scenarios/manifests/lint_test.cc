#include "scenarios/manifests/lint.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <ostream>

#include "base/status.h"
#include "scenarios/manifests/read_mesh.h"

namespace shadowreel {

// Manifests that are well-formed, and what lint says of them.
struct LintCase {
  std::string name;
  std::string text;
  std::string says;  // one whole line; empty: nothing of `silent_of`
  std::string silent_of;
};

void PrintTo(const LintCase& tested, std::ostream* out) { *out << tested.text; }

namespace {

// One VirtualService, shop in prod, that sends to subset v1; its mirror is at line 10.
std::string ShopWith(const std::string& mirror) {
  return "apiVersion: networking.istio.io/v1\n"
         "kind: VirtualService\n"
         "metadata: {name: shop, namespace: prod}\n"
         "spec:\n"
         "  hosts: [shop]\n"
         "  http:\n"
         "  - match: [{uri: {prefix: /shop}}]\n"
         "    route:\n"
         "    - destination: {host: shop, subset: v1}\n" +
         mirror;
}

const char kRule[] =
    "---\n"
    "apiVersion: networking.istio.io/v1\n"
    "kind: DestinationRule\n"
    "metadata: {name: shop, namespace: prod}\n"
    "spec:\n"
    "  host: shop.prod.svc.cluster.local\n"
    "  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]\n"
    "  trafficPolicy: {connectionPool: {tcp: {maxConnections: 5}}}\n";

const char kToV2[] =
    "    mirrors: [{destination: {host: shop, subset: v2}, percentage: {value: 5}}]\n";

std::string ToHost(const std::string& destination) {
  return "    mirrors: [{destination: {" + destination + "}, percentage: {value: 5}}]\n";
}

std::string EntryWith(const std::string& ports) {
  return "---\n"
         "apiVersion: networking.istio.io/v1\n"
         "kind: ServiceEntry\n"
         "metadata: {name: outside, namespace: prod}\n"
         "spec:\n"
         "  hosts: ['*.example.com']\n"
         "  ports: " +
         ports + "\n";
}

std::string RuleOfRecorder(const std::string& policy) {
  return "---\n"
         "apiVersion: networking.istio.io/v1\n"
         "kind: DestinationRule\n"
         "metadata: {name: recorder, namespace: prod}\n"
         "spec: {host: recorder.example.com, trafficPolicy: " +
         policy + "}\n";
}

std::string SliceWith(const std::string& pod_label, const std::string& ready) {
  return "---\n"
         "apiVersion: discovery.k8s.io/v1\n"
         "kind: EndpointSlice\n"
         "metadata: {name: shop-1, namespace: prod, labels: {kubernetes.io/service-name: shop}}\n"
         "addressType: IPv4\n"
         "endpoints:\n"
         "- {addresses: [10.0.0.1], targetRef: {kind: Pod, name: a}}\n"
         "- {addresses: [10.0.0.2], targetRef: {kind: Pod, name: b}, conditions: {ready: " +
         ready +
         "}}\n"
         "---\n"
         "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: prod, labels: {version: "
         "v1}}}\n"
         "---\n"
         "{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: prod, labels: {version: " +
         pod_label + "}}}\n";
}

std::string LintLines(const std::string& text, const LintOptions& options = {}) {
  Problems problems;
  const Mesh mesh = ReadMesh({{"m.yaml", text}}, &problems);
  EXPECT_FALSE(problems.has_errors()) << Message(problems.ToStatus());
  Lint(mesh, options, &problems);
  std::string lines;
  for (const Problem& problem : problems.Sorted()) lines += problem.Line() + "\n";
  return lines;
}

const std::vector<LintCase>& Cases() {
  static const std::vector<LintCase> kCases = {
      {"NoPercent", ShopWith("    mirrors: [{destination: {host: shop, subset: v2}}]\n") + kRule,
       "m.yaml:10:15: warning: no percent means that every request is mirrored; say so with "
       "'percentage: {value: 100}', or write less",
       ""},
      {"NoPercentOfMirror", ShopWith("    mirror: {host: shop, subset: v2}\n") + kRule,
       "m.yaml:10:5: warning: no percent means that every request is mirrored; say so with "
       "'mirrorPercentage: {value: 100}', or write less",
       ""},
      {"PercentGiven", ShopWith(kToV2) + kRule, "", "no percent"},
      {"SnakePercent",
       ShopWith("    mirror: {host: shop, subset: v2}\n    mirror_percent: 50\n") + kRule,
       "m.yaml:11:5: warning: 'mirror_percent' is deprecated; write 'mirrorPercentage: {value: "
       "50}'",
       ""},
      {"MirrorPercent",
       ShopWith("    mirror: {host: shop, subset: v2}\n    mirrorPercent: 1\n") + kRule,
       "m.yaml:11:5: warning: 'mirrorPercent' is deprecated; write 'mirrorPercentage: {value: 1}'",
       ""},
      {"PercentageIsNotDeprecated",
       ShopWith("    mirror: {host: shop, subset: v2}\n    mirrorPercentage: {value: 1}\n") + kRule,
       "", "deprecated"},
      {"Mirror",
       ShopWith("    mirror: {host: shop, subset: v2}\n    mirrorPercentage: {value: 1}\n") + kRule,
       "m.yaml:10:5: note: 'mirror' takes one; 'mirrors' (Istio 1.19 and later) takes a list of "
       "{destination, percentage}",
       ""},
      {"PercentZero",
       ShopWith(
           "    mirrors: [{destination: {host: shop, subset: v2}, percentage: {value: 0}}]\n") +
           kRule,
       "m.yaml:10:55: note: percent 0: nothing is mirrored", ""},
      {"SeveralMirrors",
       ShopWith("    mirrors:\n"
                "    - {destination: {host: shop, subset: v2}, percentage: {value: 5}}\n"
                "    - {destination: {host: shop, subset: v2}, percentage: {value: 6}}\n") +
           kRule,
       "m.yaml:12:7: note: 2 mirrors on one route: each costs a copy of what it samples", ""},
      {"NoServiceEntry", ShopWith(ToHost("host: recorder.example.com")) + kRule,
       "m.yaml:10:29: no ServiceEntry for 'recorder.example.com', which is outside the cluster: "
       "the mesh drops every copy without a word; add one, or its file to --manifests",
       ""},
      {"ServiceEntryByWildcard",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: http, number: 80, protocol: HTTP}]"),
       "", "ServiceEntry"},
      {"PlaceholderIsNotOutside", ShopWith(ToHost("host: '${RECORDER}'")) + kRule, "",
       "ServiceEntry"},
      {"ServiceOfTheClusterMayBeElsewhere", ShopWith(ToHost("host: recorder.shadow.svc")) + kRule,
       "", "ServiceEntry"},
      {"HalfAName",
       ShopWith(ToHost("host: recorder.shadow")) + kRule +
           "---\n{apiVersion: v1, kind: Service, metadata: {name: recorder, namespace: shadow}, "
           "spec: {ports: [{port: 80}]}}\n",
       "m.yaml:10:29: 'recorder.shadow' is no Service to Istio; write "
       "'recorder.shadow.svc.cluster.local'",
       ""},
      {"SubsetOfNoRule", ShopWith(kToV2),
       "m.yaml:10:29: no DestinationRule defines subset 'v2' of 'shop.prod.svc.cluster.local'; "
       "add one, or its file to --manifests",
       ""},
      {"SubsetOfTheRoute", ShopWith(kToV2),
       "m.yaml:9:20: no DestinationRule defines subset 'v1' of 'shop.prod.svc.cluster.local'; "
       "add one, or its file to --manifests",
       ""},
      {"SubsetMisspelt", ShopWith(ToHost("host: shop, subset: v22")) + kRule,
       "m.yaml:10:29: no subset 'v22' of 'shop.prod.svc.cluster.local'; did you mean 'v2'?", ""},
      {"SubsetUnknown", ShopWith(ToHost("host: shop, subset: canary")) + kRule,
       "m.yaml:10:29: no subset 'canary' of 'shop.prod.svc.cluster.local'; defined: v1, v2", ""},
      {"SubsetOfARuleInAnotherNamespace",
       ShopWith(kToV2) + "---\n"
                         "apiVersion: networking.istio.io/v1\n"
                         "kind: DestinationRule\n"
                         "metadata: {name: shop, namespace: default}\n"
                         "spec: {host: shop, subsets: [{name: v1}, {name: v2}]}\n",
       "m.yaml:10:29: no DestinationRule defines subset 'v2' of 'shop.prod.svc.cluster.local'; "
       "add one, or its file to --manifests",
       ""},
      {"SubsetDefined", ShopWith(kToV2) + kRule, "", "subset"},
      {"HttpsWithoutTls",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: https, number: 8443, protocol: HTTPS}]"),
       "m.yaml:10:29: port 8443 of 'recorder.example.com' speaks TLS, and no DestinationRule "
       "originates it: add one with trafficPolicy.tls.mode SIMPLE (or MUTUAL)",
       ""},
      {"Port443WithoutTls",
       ShopWith(ToHost("host: recorder.example.com, port: {number: 443}")) + kRule +
           EntryWith("[{name: a, number: 80}, {name: b, number: 443}]"),
       "m.yaml:10:29: port 443 of 'recorder.example.com' speaks TLS, and no DestinationRule "
       "originates it: add one with trafficPolicy.tls.mode SIMPLE (or MUTUAL)",
       ""},
      {"TargetPort443WithoutTls",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: a, number: 80, protocol: HTTP, targetPort: 443}]"),
       "m.yaml:10:29: port 80 of 'recorder.example.com' speaks TLS, and no DestinationRule "
       "originates it: add one with trafficPolicy.tls.mode SIMPLE (or MUTUAL)",
       ""},
      {"TlsIsDisabled",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: https, number: 443, protocol: HTTPS}]") +
           RuleOfRecorder("{tls: {mode: DISABLE}}"),
       "m.yaml:10:29: port 443 of 'recorder.example.com' speaks TLS, and no DestinationRule "
       "originates it: add one with trafficPolicy.tls.mode SIMPLE (or MUTUAL)",
       ""},
      {"TlsIsOriginated",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: https, number: 443, protocol: HTTPS}]") +
           RuleOfRecorder("{tls: {mode: SIMPLE}}"),
       "", "TLS"},
      {"TlsIsOriginatedForThePort",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: https, number: 443, protocol: HTTPS}]") +
           RuleOfRecorder("{portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]}"),
       "", "TLS"},
      {"TlsIsOriginatedForAnotherPort",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: https, number: 443, protocol: HTTPS}]") +
           RuleOfRecorder("{portLevelSettings: [{port: {number: 8443}, tls: {mode: SIMPLE}}]}"),
       "m.yaml:10:29: port 443 of 'recorder.example.com' speaks TLS, and no DestinationRule "
       "originates it: add one with trafficPolicy.tls.mode SIMPLE (or MUTUAL)",
       ""},
      {"TheRulesTlsIsNotOfAPortWithSettings",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: https, number: 443, protocol: HTTPS}]") +
           RuleOfRecorder("{tls: {mode: SIMPLE}, portLevelSettings: [{port: {number: 443}}]}"),
       "m.yaml:10:29: port 443 of 'recorder.example.com' speaks TLS, and no DestinationRule "
       "originates it: add one with trafficPolicy.tls.mode SIMPLE (or MUTUAL)",
       ""},
      {"ConnectionPoolOfThePort",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: http, number: 80, protocol: HTTP}]") +
           RuleOfRecorder("{portLevelSettings: [{port: {number: 80}, connectionPool: {tcp: "
                          "{maxConnections: 5}}}]}"),
       "", "connectionPool"},
      {"ConnectionPoolOfAnotherPort",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: http, number: 80, protocol: HTTP}]") +
           RuleOfRecorder("{portLevelSettings: [{port: {number: 81}, connectionPool: {tcp: "
                          "{maxConnections: 5}}}]}"),
       "m.yaml:10:15: warning: no connectionPool bounds 'recorder.example.com': Istio's default "
       "is unlimited, so a slow recorder grows the proxy's memory; set "
       "trafficPolicy.connectionPool in a DestinationRule",
       ""},
      {"TlsIsOriginatedForTheSubset",
       ShopWith(ToHost("host: recorder.example.com, subset: a")) + kRule +
           EntryWith("[{name: https, number: 443, protocol: HTTPS}]") +
           RuleOfRecorder("{tls: {mode: DISABLE}}, subsets: [{name: a, trafficPolicy: {tls: "
                          "{mode: SIMPLE}}}]"),
       "", "TLS"},
      {"TlsIsDisabledForTheSubset",
       ShopWith(ToHost("host: recorder.example.com, subset: a")) + kRule +
           EntryWith("[{name: https, number: 443, protocol: HTTPS}]") +
           RuleOfRecorder("{tls: {mode: SIMPLE}}, subsets: [{name: a, trafficPolicy: {tls: "
                          "{mode: DISABLE}}}]"),
       "m.yaml:10:29: port 443 of 'recorder.example.com' speaks TLS, and no DestinationRule "
       "originates it: add one with trafficPolicy.tls.mode SIMPLE (or MUTUAL)",
       ""},
      {"HttpNeedsNoTls",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: http, number: 80, protocol: HTTP}]"),
       "", "TLS"},
      {"PortUnknown",
       ShopWith(ToHost("host: recorder.example.com, port: {number: 81}")) + kRule +
           EntryWith("[{name: http, number: 80, protocol: HTTP}]"),
       "m.yaml:10:29: 'recorder.example.com' has no port 81; it has 80", ""},
      {"PortOpen",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: a, number: 80}, {name: b, number: 81}]"),
       "m.yaml:10:29: warning: 'recorder.example.com' has the ports 80, 81; say which one in "
       "'port'",
       ""},
      {"NoConnectionPool",
       ShopWith(ToHost("host: recorder.example.com")) + kRule +
           EntryWith("[{name: http, number: 80, protocol: HTTP}]"),
       "m.yaml:10:15: warning: no connectionPool bounds 'recorder.example.com': Istio's default "
       "is unlimited, so a slow recorder grows the proxy's memory; set "
       "trafficPolicy.connectionPool in a DestinationRule",
       ""},
      {"ConnectionPool", ShopWith(kToV2) + kRule, "", "connectionPool"},
      {"MirrorOntoItself", ShopWith(ToHost("host: shop.prod.svc, subset: v1")) + kRule,
       "m.yaml:10:15: warning: the mirror is the route's own destination: every copy is load on "
       "what serves users; name another host or subset",
       ""},
      {"AnotherSubsetIsAnotherDestination", ShopWith(kToV2) + kRule, "", "own destination"},
      {"HiddenRoute",
       "apiVersion: networking.istio.io/v1\n"
       "kind: VirtualService\n"
       "metadata: {name: shop, namespace: prod}\n"
       "spec:\n"
       "  http:\n"
       "  - match: [{uri: {prefix: /}}]\n"
       "    route: [{destination: {host: shop}}]\n"
       "  - match: [{uri: {prefix: /shop}}]\n"
       "    route: [{destination: {host: shop}}]\n"
       "    mirrors: [{destination: {host: next}, percentage: {value: 5}}]\n",
       "m.yaml:8:5: warning: /spec/http/0 (line 6) takes every request of this route first: "
       "nothing is mirrored here; put this route before it",
       ""},
      {"HiddenByARouteWithoutMatch",
       "apiVersion: networking.istio.io/v1\n"
       "kind: VirtualService\n"
       "metadata: {name: shop, namespace: prod}\n"
       "spec:\n"
       "  http:\n"
       "  - route: [{destination: {host: shop}}]\n"
       "  - route: [{destination: {host: shop}}]\n"
       "    mirrors: [{destination: {host: next}, percentage: {value: 5}}]\n",
       "m.yaml:7:5: warning: /spec/http/0 (line 6) takes every request of this route first: "
       "nothing is mirrored here; put this route before it",
       ""},
      {"NotHiddenByOneMethodOrAnotherPrefix",
       "apiVersion: networking.istio.io/v1\n"
       "kind: VirtualService\n"
       "metadata: {name: shop, namespace: prod}\n"
       "spec:\n"
       "  http:\n"
       "  - match: [{uri: {prefix: /}, method: {exact: GET}}, {uri: {prefix: /shop/a}}]\n"
       "    route: [{destination: {host: shop}}]\n"
       "  - match: [{uri: {prefix: /shop}}]\n"
       "    route: [{destination: {host: shop}}]\n"
       "    mirrors: [{destination: {host: next}, percentage: {value: 5}}]\n",
       "", "takes every request"},
      {"SubsetWithoutEndpoints", ShopWith(kToV2) + kRule + SliceWith("v3", "true"),
       "m.yaml:17:48: warning: subset 'v2': none of the 2 endpoints of "
       "'shop.prod.svc.cluster.local' is ready and has version=v2; what is sent there fails",
       ""},
      {"SubsetWithoutReadyEndpoints", ShopWith(kToV2) + kRule + SliceWith("v2", "false"),
       "m.yaml:17:48: warning: subset 'v2': none of the 2 endpoints of "
       "'shop.prod.svc.cluster.local' is ready and has version=v2; what is sent there fails",
       ""},
      {"SubsetWithEndpoints", ShopWith(kToV2) + kRule + SliceWith("v2", "true"), "", "endpoints"},
      {"NoPercentOfAGatewayMirror",
       "apiVersion: gateway.networking.k8s.io/v1\n"
       "kind: HTTPRoute\n"
       "metadata: {name: shop}\n"
       "spec:\n"
       "  rules:\n"
       "  - backendRefs: [{name: shop, port: 80}]\n"
       "    filters:\n"
       "    - type: RequestMirror\n"
       "      requestMirror: {backendRef: {name: next, port: 80}}\n",
       "m.yaml:8:7: warning: no percent means that every request is mirrored; say so with "
       "'percent: 100', or write less",
       ""},
  };
  return kCases;
}

class LintTest : public ::testing::TestWithParam<LintCase> {};

TEST_P(LintTest, SaysWhatIsWrongAndNothingElse) {
  const std::string lines = LintLines(GetParam().text);
  if (GetParam().says.empty()) {
    EXPECT_EQ(lines.find(GetParam().silent_of), std::string::npos) << lines;
  } else {
    EXPECT_NE(("\n" + lines).find("\n" + GetParam().says + "\n"), std::string::npos) << lines;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, LintTest, ::testing::ValuesIn(Cases()),
                         [](const auto& tested) { return tested.param.name; });

TEST(LintSuffixTest, FollowsIstiosVersion) {
  const std::string text = ShopWith(kToV2) + kRule;
  EXPECT_EQ(LintLines(text, {IstioVersion{1, 27}}),
            "m.yaml:10:15: note: Istio 1.27 puts '-shadow' behind the Host of copies\n");
  EXPECT_EQ(LintLines(text, {IstioVersion{1, 28}}),
            "m.yaml:10:15: note: Istio 1.28 leaves the Host of copies as it is, without "
            "'-shadow'\n");
  EXPECT_EQ(LintLines(text),
            "m.yaml:10:15: note: copies carry '-shadow' behind their Host up to Istio 1.27, and "
            "the plain Host from 1.28 on; --istio_version says which\n");
}

TEST(LintSuffixTest, VersionsAreParsed) {
  EXPECT_EQ(*ParseIstioVersion("1.27"), (IstioVersion{1, 27}));
  EXPECT_EQ(*ParseIstioVersion("1.28.3"), (IstioVersion{1, 28}));
  EXPECT_EQ(*ParseIstioVersion("2.0"), (IstioVersion{2, 0}));
  for (const char* text : {"", "1", "1.", "1.27.", "v1.27", "1.27.0.1", "1.x", "-1.2", "latest"}) {
    EXPECT_FALSE(ParseIstioVersion(text).ok()) << text;
  }
}

std::string Seed(const std::string& name) {
  std::ifstream file("tests/scenarios/manifests/seed/" + name);
  EXPECT_TRUE(file.is_open()) << name;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(LintSeedTest, ServiceBHasNoErrors) {
  const std::string lines = LintLines(
      Seed("service_b.yaml") + "---\n" + Seed("service_b_rule.yaml"), {IstioVersion{1, 27}});
  EXPECT_EQ(lines,
            "m.yaml:20:5: note: 'mirror' takes one; 'mirrors' (Istio 1.19 and later) takes a list "
            "of {destination, percentage}\n"
            "m.yaml:20:5: warning: no connectionPool bounds 'serviceb.default.svc.cluster.local': "
            "Istio's default is unlimited, so a slow recorder grows the proxy's memory; set "
            "trafficPolicy.connectionPool in a DestinationRule\n"
            "m.yaml:20:5: note: Istio 1.27 puts '-shadow' behind the Host of copies\n"
            "m.yaml:23:5: warning: 'mirror_percent' is deprecated; write 'mirrorPercentage: "
            "{value: 100}'\n");
}

}  // namespace
}  // namespace shadowreel
