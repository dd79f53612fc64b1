#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {

std::vector<BrokenManifest> BrokenMirrors() {
  return {
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
  };
}

}  // namespace shadowreel
