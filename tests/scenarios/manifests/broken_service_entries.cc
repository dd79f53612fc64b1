#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {

std::vector<BrokenManifest> BrokenServiceEntries() {
  return {
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
  };
}

}  // namespace shadowreel
