#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {

const std::vector<BrokenManifest>& BrokenManifests() {
  static const std::vector<BrokenManifest> kManifests = {
      {"NoKind",
       R"(apiVersion: v1
metadata: {name: shop}
)",
       1, 1, "'kind' is missing"},
      {"NoApiVersion",
       R"(kind: VirtualService
metadata: {name: shop}
)",
       1, 1, "'apiVersion' is missing"},
      {"NotAnObject",
       R"(- just
- a list
)",
       1, 1, "this is no Kubernetes object"},
      {"UnknownVersion",
       R"(apiVersion: networking.istio.io/v2
kind: VirtualService
metadata: {name: shop}
spec: {}
)",
       1, 13, "known versions of it: v1, v1beta1, v1alpha3"},
      {"GatewayAlphaVersion",
       R"(apiVersion: gateway.networking.k8s.io/v1alpha2
kind: HTTPRoute
metadata: {name: a}
spec: {}
)",
       1, 13, "known versions of it: v1, v1beta1"},
      {"MisspeltKind",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualServce
metadata: {name: shop}
)",
       2, 7, "did you mean 'VirtualService'?"},
      {"NoMetadata",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
spec: {}
)",
       1, 1, "'metadata' with the object's 'name' is missing"},
      {"NoName",
       R"(apiVersion: v1
kind: Service
metadata: {namespace: prod}
spec: {}
)",
       3, 11, "'name' is missing in 'metadata'"},
      {"NameIsANumber",
       R"(apiVersion: v1
kind: Service
metadata: {name: 2024}
spec: {}
)",
       3, 18, "'name' is the number 2024, where a text belongs; quote it: \"2024\""},
      {"NoSpec",
       R"(apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
)",
       1, 1, "'spec' is missing"},
      {"MisspeltSpec",
       R"(apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {}
spce: {}
)",
       5, 1, "unknown field 'spce'; did you mean 'spec'?"},
      {"SpecIsAList",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec: []
)",
       4, 7, "'spec' is a list; write a map"},
      {"ObjectTwice",
       R"(apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
)",
       7, 1, "Service default/shop stands twice, first at broken.yaml:1:1; keep one"},
      {"ListItemIsNoObject",
       R"(apiVersion: v1
kind: List
items:
- shop
)",
       4, 3, "this is no Kubernetes object"},
      {"ItemsOfAListAreAMap",
       R"(apiVersion: v1
kind: List
items: {a: b}
)",
       3, 8, "'items' of a List must be a list"},
      {"ProblemInAList",
       R"(apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: shop}
  spec:
    selektor: {app: shop}
)",
       8, 5, "did you mean 'selector'?"},
      {"MisspeltMirrorPercentage",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercentge: {value: 5}
)",
       11, 5, "unknown field 'mirrorPercentge'; did you mean 'mirrorPercentage'?"},
      {"MisspeltMirror",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirorr: {host: next}
)",
       10, 5, "unknown field 'mirorr'; did you mean 'mirror'?"},
      {"MisspeltSnakeCase",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirror_percnt: 5
)",
       11, 5, "unknown field 'mirror_percnt'; did you mean 'mirrorPercent'?"},
      {"MisspeltHosts",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  host: [shop]
  http:
  - route:
    - destination: {host: shop}
)",
       6, 3, "unknown field 'host'; did you mean 'hosts'?"},
      {"FieldOfAnotherLevel",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    percentage: {value: 5}
)",
       10, 5, "unknown field 'percentage'"},
      {"ShadowField",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next, tls: on}
)",
       10, 26, "unknown field 'tls'; known here: host, port, subset"},
      {"RouteIsAMap",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route: {destination: {host: shop}}
)",
       8, 12, "'route' is a map; write a list: its items begin with '- '"},
      {"HttpIsAMap",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http: {route: []}
)",
       7, 9, "'http' is a map; write a list"},
      {"HttpIsText",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http: all
)",
       7, 9, "'http' is the text 'all'; write a list"},
      {"HostsIsText",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: shop
  http:
  - route:
    - destination: {host: shop}
)",
       6, 10, "'hosts' is the text 'shop'; write a list"},
      {"NoDestination",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - weight: 5
)",
       9, 7, "'destination' is missing in 'route'"},
      {"NoHost",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {subset: v1}
)",
       9, 20, "'host' is missing in 'destination'"},
      {"HostIsANumber",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: 8080}
)",
       9, 27, "'host' is the number 8080, where a text belongs"},
      {"HostIsAUrl",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: 'http://recorder'}
)",
       10, 20, "leave the scheme out of 'http://recorder'"},
      {"HostWithPort",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: 'recorder:8080'}
)",
       10, 20, "the port of 'recorder:8080' goes to 'port'"},
      {"HostWithSpace",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: my recorder}
)",
       10, 20, "'host' is no host name: 'my recorder'"},
      {"HostWithPath",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: recorder/shadow}
)",
       10, 20, "'host' is no host name"},
      {"HostIsEmpty",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: ''}
)",
       10, 20, "'host' is no host name"},
      {"WildcardInTheMiddle",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: ['shop.*.com']
  http:
  - route:
    - destination: {host: shop}
)",
       6, 11, "a wildcard is one '*' before all else"},
      {"PortIsANumberItself",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next, port: 80}
)",
       10, 32, "'port' is the number 80; write a map"},
      {"PortIsZero",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next, port: {number: 0}}
)",
       10, 41, "'number' is 0; write a whole number from 1 to 65535"},
      {"PortIsTooLarge",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next, port: {number: 70000}}
)",
       10, 41, "write a whole number from 1 to 65535"},
      {"PortInQuotes",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next, port: {number: "80"}}
)",
       10, 41, "whole number from 1 to 65535, without quotes"},
      {"SubsetIsANumber",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next, subset: 2}
)",
       10, 34, "quote it: \"2\""},
      {"NegativeWeight",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
      weight: -1
)",
       10, 15, "'weight' is -1; write a whole number from 0"},
      {"WeightInPercent",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
      weight: 50%
)",
       10, 15, "'weight' is the text '50%'; write a whole number"},
      {"WeightsAreAllZero",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: a}
    - destination: {host: b}
)",
       9, 5, "the weights of 'route' add up to 0"},
      {"PercentAbove100",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercent: 101
)",
       11, 20, "'mirrorPercent' is 101; write a whole number from 0 to 100"},
      {"SnakePercentAbove100",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirror_percent: 150
)",
       11, 21, "'mirror_percent' is 150; write a whole number from 0 to 100"},
      {"PercentBelow0",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercent: -1
)",
       11, 20, "whole number from 0 to 100"},
      {"PercentIsFractional",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercent: 0.5
)",
       11, 20, "'mirrorPercent' is 0.5; write a whole number"},
      {"PercentIsText",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercent: half
)",
       11, 20, "'mirrorPercent' is the text 'half'"},
      {"PercentIsAPlaceholder",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirror_percent: ${PERCENT}
)",
       11, 21, "'${PERCENT}': a placeholder to fill in; write a whole number"},
      {"PercentageAbove100",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercentage: {value: 100.5}
)",
       11, 31, "'value' is 100.5; write a number from 0 to 100"},
      {"PercentageIsANumber",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercentage: 50
)",
       11, 23, "'mirrorPercentage' is the number 50; write a map"},
      {"PercentageIsNan",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercentage: {value: .nan}
)",
       11, 31, "write a number from 0 to 100"},
      {"PercentageWithPercentSign",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercentage: {value: 5%}
)",
       11, 31, "'value' is the text '5%'"},
      {"PercentInTwoSpellings",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: next}
    mirrorPercent: 5
    mirror_percent: 50
)",
       12, 5, "'mirror_percent' is the field 'mirrorPercent' once more; keep one"},
      {"MirrorAndMirrors",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: a}
    mirrors: [{destination: {host: b}}]
)",
       11, 5, "'mirror' and 'mirrors' on one route"},
      {"MirrorsIsAMap",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirrors: {destination: {host: b}}
)",
       10, 14, "'mirrors' is a map; write a list"},
      {"MirrorsWithMirrorPercentage",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirrors:
    - destination: {host: b}
      mirrorPercentage: {value: 5}
)",
       12, 7, "unknown field 'mirrorPercentage'; known here: destination, percentage"},
      {"MirrorIsText",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: next
)",
       10, 13, "'mirror' is the text 'next'; write a map"},
      {"MirrorIsAList",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror:
    - host: next
)",
       11, 5, "'mirror' is a list; write a map"},
      {"MirrorOfARedirect",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - redirect: {uri: /x}
    mirror: {host: next}
)",
       9, 5, "only requests that are sent on are mirrored"},
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
      {"EntryWithoutHosts",
       R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec:
  location: MESH_EXTERNAL
)",
       5, 3, "'hosts' is missing in 'spec'"},
      {"EntryHostsEmpty",
       R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec:
  hosts: []
)",
       5, 10, "'hosts' is empty"},
      {"EntryLocationUnknown",
       R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec:
  hosts: [a.example.com]
  location: EXTERNAL
)",
       6, 13, "one of: MESH_EXTERNAL, MESH_INTERNAL"},
      {"EntryStaticWithoutEndpoints",
       R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec:
  hosts: [a.example.com]
  resolution: STATIC
)",
       6, 15, "resolution STATIC needs 'endpoints'"},
      {"EntryPortWithoutNumber",
       R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec:
  hosts: [a.example.com]
  ports: [{name: https, protocol: HTTPS}]
)",
       6, 11, "'number' is missing in 'ports'"},
      {"EntryPortTwice",
       R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec:
  hosts: [a.example.com]
  ports:
  - {name: a, number: 443}
  - {name: b, number: 443}
)",
       8, 5, "stands twice"},
      {"EntryProtocolUnknown",
       R"(apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec:
  hosts: [a.example.com]
  ports: [{name: a, number: 443, protocol: HTTPZ}]
)",
       6, 44, "'protocol' is 'HTTPZ'; one of: HTTP"},
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
      {"ServicePortMissing",
       R"(apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  ports: [{name: http}]
)",
       5, 11, "'port' is missing in 'ports'"},
      {"ServicePortsWithoutNames",
       R"(apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  ports: [{name: a, port: 80}, {port: 81}]
)",
       5, 32, "each of several ports needs one"},
      {"ServiceTargetPortTooLarge",
       R"(apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  ports: [{port: 80, targetPort: 70000}]
)",
       5, 34, "'targetPort' is 70000"},
      {"ServiceProtocolHttp",
       R"(apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  ports: [{port: 80, protocol: HTTP}]
)",
       5, 32, "one of: TCP, UDP, SCTP"},
      {"SelectorIsANumber",
       R"(apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {version: 2}
)",
       5, 23, "quote it: \"2\""},
      {"SliceWithoutAddressType",
       R"(apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: shop-1, labels: {kubernetes.io/service-name: shop}}
endpoints: []
)",
       1, 1, "'addressType' is missing in 'EndpointSlice'"},
      {"SliceWithoutAddresses",
       R"(apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: shop-1, labels: {kubernetes.io/service-name: shop}}
addressType: IPv4
endpoints:
- conditions: {ready: true}
)",
       6, 3, "'addresses' is missing in 'endpoints'"},
      {"SliceAddressIsText",
       R"(apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: shop-1, labels: {kubernetes.io/service-name: shop}}
addressType: IPv4
endpoints: [{addresses: 10.0.0.1}]
)",
       5, 25, "'addresses' is the text '10.0.0.1'; write a list"},
      {"SliceReadyIsText",
       R"(apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: shop-1, labels: {kubernetes.io/service-name: shop}}
addressType: IPv4
endpoints: [{addresses: [10.0.0.1], conditions: {ready: maybe}}]
)",
       5, 57, "'ready' is the text 'maybe'; write true or false"},
      {"SliceMisspeltPorts",
       R"(apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: shop-1, labels: {kubernetes.io/service-name: shop}}
addressType: IPv4
port: []
)",
       5, 1, "unknown field 'port'; did you mean 'ports'?"},
      {"DuplicateKey",
       R"(apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
spec:
  hosts: [shop]
  http:
  - route:
    - destination: {host: shop}
    mirror: {host: a}
    mirror: {host: b}
)",
       11, 5, "mirror"},
  };
  return kManifests;
}

}  // namespace shadowreel
