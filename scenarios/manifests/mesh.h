#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/yaml/node.h"

namespace shadowreel {

// What a mesh's manifests say about mirrors, as far as a capture or a replay needs it. Built by
// read_mesh.h; every part knows where it stands.

using Labels = std::map<std::string, std::string>;

// "app=shop,version=v2" as kubectl takes it, or "no labels".
std::string LabelText(const Labels& labels);

// Which object: "VirtualService default/httpbin".
struct ObjectName {
  std::string api_version;  // "networking.istio.io/v1"
  std::string kind;
  std::string name_space;  // "default" when the manifest names none
  std::string name;

  std::string Text() const;
};

// Where a route sends: Istio's Destination, a Gateway API backendRef, or a mirror's.
struct Destination {
  // As written; a backendRef's Service as NAME, or as NAME.NAMESPACE.svc.cluster.local when the
  // reference names a namespace. host_names.h says which service it is.
  std::string host;
  std::string subset;  // empty: none
  std::optional<uint16_t> port;
  double weight = 0;  // of a route's destinations
  Place place;
};

// One condition on a path.
struct PathMatch {
  enum class Kind : uint8_t {
    kAny,
    kExact,
    kPrefix,         // Istio: of text, as Envoy's `prefix`
    kSegmentPrefix,  // Gateway API PathPrefix: of whole segments
    kRegex,          // RE2, the whole path (Envoy: without the query)
  };
  Kind kind = Kind::kAny;
  std::string value;
};

// All of its conditions must hold; of a route's matches one must.
struct RouteMatch {
  PathMatch path;
  std::string method;                // exact; empty: any
  std::vector<std::string> further;  // other conditions, by name ("headers", "port"); not evaluated
  Place place;
};

// What a route does to a request before it is sent and mirrored.
struct RouteRewrite {
  enum class Kind : uint8_t {
    kNone,
    kUri,            // Istio rewrite.uri: what a prefix match matched becomes `to`; else the path
    kUriRegex,       // Istio rewrite.uriRegexRewrite: `expression` -> `to`
    kSegmentPrefix,  // Gateway API ReplacePrefixMatch
    kFullPath,       // Gateway API ReplaceFullPath
  };
  Kind kind = Kind::kNone;
  std::string to;
  std::string expression;
  std::string authority;  // new Host; empty: none
  Place place;
};

// A mirror of one route.
struct Mirror {
  Destination to;
  double percent = 100;  // 0 to 100, of the route's requests
  std::string spelling;  // "mirrorPercentage.value", "mirrors[].percentage", "fraction"; empty:
                         // none is given
  Place place;
  std::string field;    // "mirror", "mirrors" or "requestMirror"
  Place percent_place;  // where the percent is given; nowhere when it is not
};

// One HTTP route: an entry of http[] of a VirtualService, or a rule of an HTTPRoute.
struct Route {
  ObjectName object;
  std::string pointer;  // JSON pointer (RFC 6901) in the object: "/spec/http/0"
  std::string name;     // of the route; may be empty
  std::vector<std::string> hosts;
  std::vector<std::string> gateways;  // Istio gateways or parentRefs
  std::vector<RouteMatch> matches;    // empty: every request
  RouteRewrite rewrite;
  std::vector<Destination> destinations;
  std::vector<Mirror> mirrors;
  Place place;
};

struct SubsetRule {
  std::string name;
  Labels labels;
  bool has_traffic_policy = false;
  Place place;
  bool has_connection_pool = false;
  std::string tls_mode;  // of its own trafficPolicy.tls, which wins over the rule's; empty: none
};

// What portLevelSettings say of a port, in place of the whole rule's trafficPolicy.
struct PortPolicy {
  bool has_connection_pool = false;
  std::string tls_mode;  // empty: none
};

struct DestinationRule {
  ObjectName object;
  std::string host;
  std::vector<SubsetRule> subsets;
  bool has_traffic_policy = false;   // of its own, for all subsets
  bool has_connection_pool = false;  // bounds of the mirror cluster's memory at the gateway
  std::string tls_mode;              // of trafficPolicy.tls; empty: none
  std::map<uint16_t, PortPolicy> ports;
  Place place;
};

struct NamedPort {
  std::string name;
  std::string protocol;
  uint16_t number = 0;
  std::string target;  // of a Service: targetPort as written, a number or a name
};

// Where a subset's requests can be sent.
struct MeshEndpoint {
  std::string address;
  std::map<std::string, uint16_t> ports;  // by name; "" for the only one
  Labels labels;
  bool ready = true;
  Place place;
  bool labels_are_its_own = false;  // those of its Pod or ServiceEntry, not of the whole Service
};

struct ServiceEntry {
  ObjectName object;
  std::vector<std::string> hosts;
  std::vector<NamedPort> ports;
  bool external = true;  // location MESH_EXTERNAL
  std::vector<MeshEndpoint> endpoints;
  Place place;
};

struct Service {
  ObjectName object;
  Labels selector;
  std::vector<NamedPort> ports;
  Place place;
};

// With the labels of the Pods that its targetRefs name, when these are among the manifests; else
// with its own (those of its Service).
struct EndpointSlice {
  ObjectName object;
  std::string service;  // label kubernetes.io/service-name
  std::vector<MeshEndpoint> endpoints;
  Place place;
};

struct Mesh {
  std::vector<Route> routes;
  std::vector<DestinationRule> rules;
  std::vector<ServiceEntry> entries;
  std::vector<Service> services;
  std::vector<EndpointSlice> slices;
  // Every object that was read, whole, for `emit`.
  std::vector<std::pair<ObjectName, YamlNode>> objects;
};

}  // namespace shadowreel
