#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/manifests/mesh.h"

namespace shadowreel {

// A server that a subset's requests can be sent to.
struct SubsetServer {
  std::string address;  // as the manifest has it: an IP address (v6 without brackets) or a name
  uint16_t port = 0;
  friend bool operator==(const SubsetServer&, const SubsetServer&) = default;
};

// What a mesh's service discovery finds for a subset.
struct SubsetEndpoints {
  Labels labels;                      // that the subset asks for
  std::vector<SubsetServer> servers;  // each once, at least one, in the manifests' order
  bool has_traffic_policy = false;    // the rule or the subset has one; it is not applied
  std::vector<std::string> notes;     // a line each: what was left out and why
};

// Of one subset, wherever it is found.
inline constexpr size_t kMostSubsetServers = 1000;

// The servers of subset `subset` of `host`, as a client would address it (a URL's host, short or
// full, and port): the host's DestinationRules say which labels the subset has; the Service's
// EndpointSlices (endpoints' labels are those of their Pods) and ServiceEntries say where they are.
// The port is one of the Service's or ServiceEntry's; a server is asked at its own port of that
// name. What is not ready or lacks the port is left out with a note. UsageError in one line says
// what is missing and what there is. Pure.
absl::StatusOr<SubsetEndpoints> FindSubsetEndpoints(const Mesh& mesh, const std::string& host,
                                                    uint16_t port, const std::string& subset);

}  // namespace shadowreel
