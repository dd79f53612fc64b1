#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {

std::vector<BrokenManifest> BrokenDestinationRules() {
  return {
      {"RuleWithoutHost",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  subsets: []
)",
       5, 3, "'host' is missing in 'spec'"},
      {"SubsetWithoutName",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  subsets:
  - labels: {version: v1}
)",
       7, 5, "'name' is missing in 'subsets'"},
      {"SubsetTwice",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  subsets:
  - {name: v1}
  - {name: v1}
)",
       8, 5, "subset 'v1' stands twice"},
      {"LabelIsANumber",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  subsets: [{name: v1, labels: {version: 1.0}}]
)",
       6, 42, "'version' is the number 1.0, where a text belongs; quote it: \"1.0\""},
      {"LabelIsABoolean",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  subsets: [{name: v1, labels: {canary: on}}]
)",
       6, 41, "'canary' is the boolean on, where a text belongs"},
      {"LabelsAreAList",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  subsets: [{name: v1, labels: [version]}]
)",
       6, 32, "'labels' is a list; write a map"},
      {"TlsModeUnknown",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  trafficPolicy: {tls: {mode: SIMPEL}}
)",
       6, 31, "'mode' is 'SIMPEL'; did you mean 'SIMPLE'?"},
      {"ConnectionPoolFlat",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  trafficPolicy: {connectionPool: {maxConnections: 5}}
)",
       6, 36, "unknown field 'maxConnections'; known here: http, tcp"},
      {"ConnectionPoolMisspelt",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  trafficPolicy: {connectionPool: {tcp: {maxConnection: 5}}}
)",
       6, 42, "did you mean 'maxConnections'?"},
      {"EjectionAbove100",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  trafficPolicy: {outlierDetection: {maxEjectionPercent: 200}}
)",
       6, 58, "whole number from 0 to 100"},
  };
}

}  // namespace shadowreel
