#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {

std::vector<BrokenManifest> BrokenServices() {
  return {
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
  };
}

}  // namespace shadowreel
