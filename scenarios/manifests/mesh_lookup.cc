#include "scenarios/manifests/mesh_lookup.h"

#include <algorithm>

#include "scenarios/manifests/host_names.h"

namespace shadowreel {

const Service* FindService(const Mesh& mesh, std::string_view full_host) {
  for (const Service& service : mesh.services) {
    if (ServiceHost(service.object.name, service.object.name_space) == full_host) return &service;
  }
  return nullptr;
}

const ServiceEntry* FindEntry(const Mesh& mesh, std::string_view full_host) {
  for (const ServiceEntry& entry : mesh.entries) {
    for (const std::string& host : entry.hosts) {
      if (HostCovers(FullHost(host, entry.object.name_space), full_host)) return &entry;
    }
  }
  return nullptr;
}

std::vector<const DestinationRule*> RulesFor(const Mesh& mesh, std::string_view full_host) {
  std::vector<const DestinationRule*> rules;
  for (const DestinationRule& rule : mesh.rules) {
    if (HostCovers(FullHost(rule.host, rule.object.name_space), full_host)) rules.push_back(&rule);
  }
  return rules;
}

const SubsetRule* FindSubset(const Mesh& mesh, std::string_view full_host,
                             std::string_view subset) {
  for (const DestinationRule* rule : RulesFor(mesh, full_host)) {
    for (const SubsetRule& candidate : rule->subsets) {
      if (candidate.name == subset) return &candidate;
    }
  }
  return nullptr;
}

std::vector<const MeshEndpoint*> EndpointsOf(const Mesh& mesh, std::string_view full_host) {
  std::vector<const MeshEndpoint*> endpoints;
  for (const EndpointSlice& slice : mesh.slices) {
    if (ServiceHost(slice.service, slice.object.name_space) != full_host) continue;
    for (const MeshEndpoint& endpoint : slice.endpoints) endpoints.push_back(&endpoint);
  }
  if (const ServiceEntry* entry = FindEntry(mesh, full_host)) {
    for (const MeshEndpoint& endpoint : entry->endpoints) endpoints.push_back(&endpoint);
  }
  return endpoints;
}

bool HasLabels(const MeshEndpoint& endpoint, const Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&endpoint](const auto& label) {
    const auto found = endpoint.labels.find(label.first);
    return found != endpoint.labels.end() && found->second == label.second;
  });
}

}  // namespace shadowreel
