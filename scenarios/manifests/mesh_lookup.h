#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/manifests/mesh.h"

namespace shadowreel {

// Finding in a mesh what belongs to a host. `full_host` is a FullHost (host_names.h). Pointers live
// as long as the mesh is unchanged. Pure.

const Service* FindService(const Mesh& mesh, std::string_view full_host);
const ServiceEntry* FindEntry(const Mesh& mesh, std::string_view full_host);
// All that cover the host, in the manifests' order.
std::vector<const DestinationRule*> RulesFor(const Mesh& mesh, std::string_view full_host);
// Null when no DestinationRule of the host defines it.
const SubsetRule* FindSubset(const Mesh& mesh, std::string_view full_host, std::string_view subset);
// Those of the Service's EndpointSlices and of a ServiceEntry, ready or not.
std::vector<const MeshEndpoint*> EndpointsOf(const Mesh& mesh, std::string_view full_host);

// Whether an endpoint has all of `wanted`.
bool HasLabels(const MeshEndpoint& endpoint, const Labels& wanted);

}  // namespace shadowreel
