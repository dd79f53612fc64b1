#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {

std::vector<BrokenManifest> BrokenHttpRoutes() {
  return {
      {"RuleMisspeltBackendRefs",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRef: [{name: shop, port: 80}]
)",
       6, 5, "did you mean 'backendRefs'?"},
      {"BackendWithoutPort",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop}]
)",
       6, 19, "'port' is missing: a Service as a backend needs one"},
      {"BackendWithoutName",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{port: 80}]
)",
       6, 19, "'name' is missing in 'backendRefs'"},
      {"BackendWeightTooLarge",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80, weight: 2000000}]
)",
       6, 50, "whole number from 0 to 1000000"},
      {"FilterWithoutType",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{requestMirror: {backendRef: {name: b, port: 80}}}]
)",
       7, 15, "'type' is missing in 'filters'"},
      {"FilterWithoutItsField",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: RequestMirror}]
)",
       7, 15, "a filter of type RequestMirror needs 'requestMirror'"},
      {"MirrorWithoutBackend",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: RequestMirror, requestMirror: {percent: 5}}]
)",
       7, 52, "'backendRef' is missing in 'requestMirror'"},
      {"MirrorPercentAbove100",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: b, port: 80}, percent: 101}}]
)",
       7, 95, "whole number from 0 to 100"},
      {"MirrorPercentFractional",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: b, port: 80}, percent: 0.5}}]
)",
       7, 95, "'percent' is 0.5; write a whole number"},
      {"MirrorPercentAndFraction",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: b, port: 80}, percent: 5, fraction: {numerator: 1}}}]
)",
       7, 98, "'percent' and 'fraction' exclude each other"},
      {"MirrorFractionAboveOne",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: b, port: 80}, fraction: {numerator: 11, denominator: 10}}}]
)",
       7, 86, "the fraction 11/10 is more than 1"},
      {"MirrorFractionOfZero",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: b, port: 80}, fraction: {numerator: 0, denominator: 0}}}]
)",
       7, 124, "'denominator' is 0; write a whole number from 1"},
      {"MirrorFractionWithoutNumerator",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: b, port: 80}, fraction: {denominator: 10}}}]
)",
       7, 96, "'numerator' is missing in 'fraction'"},
      {"GatewayPathWithoutSlash",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    matches: [{path: {type: PathPrefix, value: shop}}]
)",
       7, 48, "the path 'shop' does not begin with '/'"},
      {"GatewayPathUnknownType",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    matches: [{path: {type: Prefix, value: /}}]
)",
       7, 29, "one of: Exact, PathPrefix, RegularExpression"},
      {"GatewayMethodSmall",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    matches: [{method: get}]
)",
       7, 24, "'method' is 'get'"},
      {"GatewayBrokenRegex",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    matches: [{path: {type: RegularExpression, value: '/a['}}]
)",
       7, 55, "'path' is no RE2 expression"},
      {"RewriteNeedsReplacement",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replacePrefixMatch: /}}}]
)",
       7, 53, "a path of type ReplaceFullPath needs 'replaceFullPath'"},
      {"PrefixRewriteOfExactMatch",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    matches: [{path: {type: Exact, value: /a}}]
    filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]
)",
       8, 46, "ReplacePrefixMatch needs a match by PathPrefix"},
      {"TwoRewrites",
       R"(apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
    filters: [{type: URLRewrite, urlRewrite: {hostname: a}}, {type: URLRewrite, urlRewrite: {hostname: b}}]
)",
       7, 62, "a second URLRewrite on one rule"},
  };
}

}  // namespace shadowreel
