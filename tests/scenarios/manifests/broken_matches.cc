#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {

std::vector<BrokenManifest> BrokenMatches() {
  return {
      {"RouteWithoutAction",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - name: lost
)",
       8, 5, "a route needs one of: 'route', 'redirect'"},
      {"RouteAndRedirect",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    redirect: {uri: /}
)",
       10, 5, "'redirect' beside 'route'"},
      {"UriTwoConditions",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - match: [{uri: {prefix: /a, exact: /b}}]
    route: [{destination: {host: shop}}]
)",
       8, 32, "'uri' has 'prefix' and 'exact'; keep one"},
      {"UriIsText",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - match: [{uri: /a}]
    route: [{destination: {host: shop}}]
)",
       8, 19, "'uri' is the text '/a'; write a map"},
      {"UriMisspeltCondition",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - match: [{uri: {prefx: /a}}]
    route: [{destination: {host: shop}}]
)",
       8, 20, "unknown field 'prefx'; did you mean 'prefix'?"},
      {"UriBrokenRegex",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - match: [{uri: {regex: '/a('}}]
    route: [{destination: {host: shop}}]
)",
       8, 27, "'uri' is no RE2 expression: missing )"},
      {"UriLookahead",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - match: [{uri: {regex: '/(?!admin)'}}]
    route: [{destination: {host: shop}}]
)",
       8, 27, "'uri' is no RE2 expression: invalid perl operator"},
      {"MatchIsAMap",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - match: {uri: {prefix: /a}}
    route: [{destination: {host: shop}}]
)",
       8, 12, "'match' is a map; write a list"},
      {"MethodIsText",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - match: [{method: GET}]
    route: [{destination: {host: shop}}]
)",
       8, 22, "'method' is the text 'GET'; write a map"},
      {"HeaderMatchIsText",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - match: [{headers: {x-user: me}}]
    route: [{destination: {host: shop}}]
)",
       8, 32, "'x-user' is the text 'me'; write a map"},
      {"RewriteOfNothing",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    rewrite: {}
)",
       10, 14, "'rewrite' needs 'uri', 'uriRegexRewrite' or 'authority'"},
      {"RewriteTwice",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    rewrite: {uri: /, uriRegexRewrite: {match: a, rewrite: b}}
)",
       10, 40, "rewrite the same path; keep one"},
      {"RewriteBrokenRegex",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    rewrite: {uriRegexRewrite: {match: '[', rewrite: b}}
)",
       10, 40, "'uriRegexRewrite.match' is no RE2 expression"},
      {"RewriteMisspelt",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    rewrite: {uri: /, authorty: a}
)",
       10, 23, "did you mean 'authority'?"},
  };
}

}  // namespace shadowreel
