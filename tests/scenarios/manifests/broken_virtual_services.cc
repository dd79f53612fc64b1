#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {

std::vector<BrokenManifest> BrokenVirtualServices() {
  return {
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
  };
}

}  // namespace shadowreel
