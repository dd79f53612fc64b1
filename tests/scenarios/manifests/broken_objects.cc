#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {

std::vector<BrokenManifest> BrokenObjects() {
  return {
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
}

}  // namespace shadowreel
