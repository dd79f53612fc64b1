#include "replayer/plan/subsets.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/status.h"
#include "scenarios/manifests/subset_endpoints.h"

namespace shadowreel {
namespace {

constexpr const char* kFile = R"(# comments are welcome
- host: httpbin
  subsets:
  - name: v1
    labels: {version: v1}
  - name: v2
    labels: {version: v2, app.kubernetes.io/name: bin}
    port: 8000
    endpoints: [10.1.2.3, "10.1.2.4:8080", "[::1]:8000", V2.Example]
- host: httpbin.prod.svc.cluster.local
  exportTo: ["."]
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
  subsets:
  - name: v2
    endpoints:
    - 10.9.9.9
- host: "[::1]"
  subsets:
  - name: v2
    trafficPolicy: {}
    endpoints: [127.0.0.1]
)";

absl::StatusOr<Subset> Find(std::string_view yaml, const std::string& url = "http://httpbin",
                            const std::string& name = "v2") {
  const auto target = ParseTargetUrl(url);
  EXPECT_TRUE(target.ok()) << url;
  return FindSubset(yaml, "subsets.yaml", *target, name);
}

std::string ErrorOf(std::string_view yaml) {
  const auto subset = Find(yaml);
  if (subset.ok()) return "";
  EXPECT_EQ(subset.status().code(), absl::StatusCode::kInvalidArgument);
  return Message(subset.status());
}

std::vector<std::string> EndpointsOf(const absl::StatusOr<Subset>& subset) {
  if (!subset.ok()) return {Message(subset.status())};
  std::vector<std::string> endpoints;
  for (const EndpointAddress& endpoint : subset->endpoints) {
    endpoints.push_back(endpoint.Authority());
  }
  return endpoints;
}

using Texts = std::vector<std::string>;

TEST(SubsetsTest, ASubsetHasLabelsAndEndpointsWithPorts) {
  const auto subset = Find(kFile);
  ASSERT_TRUE(subset.ok()) << Message(subset.status());
  EXPECT_EQ(subset->name, "v2");
  EXPECT_EQ(subset->labels, (std::map<std::string, std::string>{
                                {"version", "v2"}, {"app.kubernetes.io/name", "bin"}}));
  EXPECT_EQ(EndpointsOf(subset),
            (Texts{"10.1.2.3:8000", "10.1.2.4:8080", "[::1]:8000", "v2.example:8000"}));
  EXPECT_FALSE(subset->has_traffic_policy);
}

TEST(SubsetsTest, APortThatNobodyNamesIsTheTargets) {
  const std::string name = "httpbin.prod.svc.cluster.local";
  EXPECT_EQ(EndpointsOf(Find(kFile, "http://" + name)), (Texts{"10.9.9.9:80"}));
  EXPECT_EQ(EndpointsOf(Find(kFile, "https://" + name)), (Texts{"10.9.9.9:443"}));
  EXPECT_EQ(EndpointsOf(Find(kFile, "https://" + name + ":8443")), (Texts{"10.9.9.9:8443"}));
  EXPECT_EQ(EndpointsOf(Find(kFile, "http://httpbin:81")).front(), "10.1.2.3:8000");
}

TEST(SubsetsTest, HostsAreComparedWholeWithoutCaseAndBrackets) {
  EXPECT_EQ(EndpointsOf(Find(kFile, "http://HttpBin")).size(), 4U);
  EXPECT_EQ(EndpointsOf(Find(kFile, "http://[::1]")), (Texts{"127.0.0.1:80"}));
  EXPECT_EQ(EndpointsOf(Find(kFile, "http://httpbin.prod")),
            (Texts{"subsets.yaml: no entry has the target's host 'httpbin.prod'; there are: "
                   "httpbin, httpbin.prod.svc.cluster.local, [::1]"}));
}

TEST(SubsetsTest, AMissingSubsetNamesThoseThatThereAre) {
  EXPECT_EQ(EndpointsOf(Find(kFile, "http://httpbin", "v3")),
            (Texts{"subsets.yaml:2:3: httpbin has no subset 'v3'; there are: v1, v2"}));
  EXPECT_EQ(EndpointsOf(Find(kFile, "http://httpbin", "V2")).size(), 1U);
}

TEST(SubsetsTest, OfManyNamesTheFirstTenAreTold) {
  std::string yaml;
  for (int i = 1; i <= 13; ++i)
    yaml += fmt::format("- {{host: h{}, subsets: [{{name: v1}}]}}\n", i);
  EXPECT_EQ(EndpointsOf(Find(yaml)),
            (Texts{"subsets.yaml: no entry has the target's host 'httpbin'; there are: h1, h2, h3, "
                   "h4, h5, h6, h7, h8, h9, h10 and 3 more"}));
}

TEST(SubsetsTest, OnlyTheSubsetAskedForNeedsEndpoints) {
  EXPECT_EQ(EndpointsOf(Find(kFile, "http://httpbin", "v1")),
            (Texts{"subsets.yaml:4:5: subset 'v1' of httpbin has no endpoints"}));
}

TEST(SubsetsTest, ATrafficPolicyIsSeenInTheRuleAndInTheSubset) {
  EXPECT_TRUE(Find(kFile, "http://httpbin.prod.svc.cluster.local")->has_traffic_policy);
  EXPECT_TRUE(Find(kFile, "http://[::1]")->has_traffic_policy);
}

using WrongFiles = std::vector<std::pair<std::string, std::string>>;

void ExpectRefused(const WrongFiles& rows) {
  for (const auto& [yaml, error] : rows) {
    const std::string said = ErrorOf(yaml) + "\n";
    EXPECT_NE(said.find("subsets.yaml:" + error + "\n"), std::string::npos) << yaml << said;
  }
}

// A rule whose subset goes on.
const std::string kV2 = "- host: httpbin\n  subsets:\n  - name: v2\n    ";

TEST(SubsetsTest, AWrongFileIsRefusedWithItsPlace) {
  ExpectRefused({
      {"", "1:1: no subsets; write `- host: ...`"},
      {"# nothing\n", "1:1: no subsets; write `- host: ...`"},
      {"host: httpbin\n", "1:1: a subsets file (`- host: ...`) must be a list"},
      {"[]", "1:1: a subsets file (`- host: ...`) is empty"},
      {"- a\n", "1:3: an entry must be a mapping (key: value)"},
      {"- host: a\n---\n- host: b\n", "3:1: a second document begins here; one is expected"},
      {"- host: [a\n", "2:1: YAML: a list misses its ] or a comma before this"},
      {"- host: a\n\tsubsets: []\n", "2:1: YAML: a tab in the indentation; use spaces"},
      {"- host: *x\n", "1:9: YAML: an alias of an anchor (&x) that is not before it"},
      {"- host: a\n  \x01: b\n", "2:3: a control byte (0x01); YAML is text"},
      {std::string("- host: a\n\x04more", 15), "2:1: a control byte (0x04); YAML is text"},
      {"- subsets: []\n", "1:3: an entry needs a host"},
      {"- host: a\n", "1:3: an entry needs subsets"},
      {"- host: a\n  subsets:\n", "2:3: 'subsets' has no value"},
      {"- host: a\n  subsets: []\n", "2:12: subsets is empty"},
      {"- host: a\n  subsets: v2\n", "2:12: subsets must be a list"},
      {"- host: {a: b}\n", "1:9: host must be a text"},
      {"- host: http://a\n", "1:9: host is a name or an address, as in a URL, without a port"},
      {"- host: a\n  host: b\n", "2:3: duplicate key 'host'; the first is in line 1"},
      {"- host: a\n  subset: b\n",
       "2:3: unknown key 'subset' in an entry; it may have: host, subsets, trafficPolicy, "
       "exportTo, workloadSelector"},
      {"- host: a\n  \"b\\nc\": d\n", "2:3: a key of an entry must be a word"},
      {"- host: a\n  ? [b]\n  : c\n", "2:5: a key must be text"},
      {"- &x {host: a}\n- <<: *x\n", "1:3: an entry needs subsets"},
      {"- <<: {host: a}\n", "1:3: merge keys (<<) are not supported; write the keys out"},
  });
}

TEST(SubsetsTest, AWrongSubsetIsRefusedWithItsPlace) {
  ExpectRefused({
      {kV2 + "<<: {port: 1}\n", "4:5: merge keys (<<) are not supported; write the keys out"},
      {kV2 + "name: v3\n", "4:5: duplicate key 'name'; the first is in line 3"},
      {kV2 + "endpoint: [a]\n",
       "4:5: unknown key 'endpoint' in a subset; it may have: name, labels, port, endpoints, "
       "trafficPolicy"},
      {"- host: a\n  subsets:\n  - labels: {}\n", "3:5: a subset needs a name"},
      {"- host: a\n  subsets:\n  - name: [v2]\n", "3:11: name must be a text"},
      {"- host: a\n  subsets:\n  - name: a b\n",
       "3:11: a subset's name is made of letters, digits, '-', '.' and '_'"},
      {kV2 + "endpoints: [a]\n  - name: v2\n", "5:5: duplicate subset 'v2'"},
      {kV2 + "endpoints: [a]\n- host: HTTPBIN\n  subsets: [{name: v1}]\n",
       "5:3: duplicate host 'HTTPBIN'"},
      {kV2 + "labels: [a]\n", "4:13: labels must be a mapping (key: value)"},
      {kV2 + "labels: {a: b, a: c}\n", "4:20: duplicate key 'a'; the first is in line 4"},
      {kV2 + "labels: {a: [b]}\n", "4:17: a label's value must be a text"},
      {kV2 + "labels: {a: \"b\\nc\"}\n",
       "4:17: label 'a' is made of letters, digits, '-', '.' and '_'"},
      {kV2 + "labels: {a: }\n", "4:14: 'a' has no value"},
      {kV2 + "labels: ~\n", "4:5: 'labels' has no value"},
  });
}

TEST(SubsetsTest, AWrongPortOrEndpointIsRefusedWithItsPlace) {
  const std::string ports = "port must be a number from 1 to 65535";
  ExpectRefused({
      {kV2 + "port: 0\n", "4:11: " + ports},
      {kV2 + "port: 65536\n", "4:11: " + ports},
      {kV2 + "port: -1\n", "4:11: " + ports},
      {kV2 + "port: 80.5\n", "4:11: " + ports},
      {kV2 + "port: http\n", "4:11: " + ports},
      {kV2 + "port: \"80\"\n", "4:11: " + ports},
      {kV2 + "port: [80]\n", "4:11: " + ports},
      {kV2 + "endpoints: []\n", "4:16: endpoints is empty"},
      {kV2 + "endpoints: 10.1.2.3\n", "4:16: endpoints must be a list"},
      {kV2 + "endpoints: [[::1]:80]\n", "4:17: an endpoint (quote \"[::1]:80\") must be a text"},
      {kV2 + "endpoints: [{ip: a}]\n", "4:17: an endpoint (quote \"[::1]:80\") must be a text"},
      {kV2 + "endpoints: [\"a\\nb\"]\n", "4:17: an endpoint is HOST[:PORT]"},
      {kV2 + "endpoints: [http://a]\n", "4:17: an endpoint is HOST[:PORT]"},
      {kV2 + "endpoints: [\"\"]\n",
       "4:17: endpoint '' is not HOST[:PORT]; an IPv6 address stands in brackets"},
      {kV2 + "endpoints: [\"::1\"]\n",
       "4:17: endpoint '::1' is not HOST[:PORT]; an IPv6 address stands in brackets"},
      {kV2 + "endpoints: [a, \"b:0\"]\n",
       "4:20: endpoint 'b:0': the port is not a number from 1 to 65535"},
      {kV2 + "endpoints: [\"b:99999\"]\n",
       "4:17: endpoint 'b:99999': the port is not a number from 1 to 65535"},
      {kV2 + "endpoints: [a, \"A:80\"]\n", "4:20: duplicate endpoint a:80"},
  });
}

TEST(SubsetsTest, AllThatIsWrongIsSaidAtOnce) {
  EXPECT_EQ(ErrorOf("- <<: {host: a}\n"
                    "  host: {}\n"
                    "  subsets:\n"
                    "  - {name: v2, port: 0, endpoints: [a b, \"a:1\", \"a:1\"], x: y}\n"
                    "  - {name: v2, labels: }\n"
                    "- [a]\n"
                    "---\n"
                    "- b\n"),
            "subsets.yaml:1:3: merge keys (<<) are not supported; write the keys out\n"
            "subsets.yaml:2:9: host must be a text\n"
            "subsets.yaml:4:22: port must be a number from 1 to 65535\n"
            "subsets.yaml:4:37: an endpoint is HOST[:PORT]\n"
            "subsets.yaml:4:49: duplicate endpoint a:1\n"
            "subsets.yaml:4:57: unknown key 'x' in a subset; it may have: name, labels, port, "
            "endpoints, trafficPolicy\n"
            "subsets.yaml:5:5: duplicate subset 'v2'\n"
            "subsets.yaml:5:16: 'labels' has no value\n"
            "subsets.yaml:6:3: an entry must be a mapping (key: value)\n"
            "subsets.yaml:8:1: a second document begins here; one is expected");
}

TEST(SubsetsTest, EndpointsAreBounded) {
  std::string yaml = "- host: httpbin\n  subsets:\n  - name: v2\n    endpoints:\n";
  for (size_t i = 1; i <= kMostSubsetServers; ++i) yaml += "    - a:" + std::to_string(i) + "\n";
  EXPECT_EQ(EndpointsOf(Find(yaml)).size(), kMostSubsetServers);
  EXPECT_EQ(ErrorOf(yaml + "    - b\n"),
            "subsets.yaml:5:5: 1001 endpoints; a subset may have 1000");
}

TEST(SubsetsTest, NothingThrowsWhateverIsCutOff) {
  const std::string whole(kFile);
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto subset = Find(std::string_view(whole).substr(0, size));
    if (subset.ok()) continue;
    EXPECT_EQ(subset.status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(ErrorOf(std::string(100'000, '[')).find("subsets.yaml:1:"), 0U);
}

}  // namespace
}  // namespace shadowreel
