#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/manifests/fields.h"
#include "scenarios/manifests/kubernetes_shapes.h"
#include "scenarios/manifests/object_reader.h"

namespace shadowreel {
namespace {

constexpr const char* kServiceNameLabel = "kubernetes.io/service-name";
constexpr const char* kSliceLabels = "endpointslice.kubernetes.io/";

std::vector<NamedPort> ReadServicePorts(const YamlNode& spec, Problems* problems) {
  std::vector<NamedPort> ports;
  const std::vector<const YamlNode*> nodes = MapsOf(spec, "ports");
  for (const YamlNode* node : nodes) {
    NamedPort port;
    port.name = TextOf(*node, "name");
    port.protocol = TextOf(*node, "protocol");
    port.number = PortOf(*node, "port").value_or(0);
    port.target = TextOf(*node, "targetPort");
    const bool again = std::any_of(ports.begin(), ports.end(), [&port](const NamedPort& other) {
      return other.name == port.name;
    });
    if (nodes.size() > 1 && port.name.empty()) {
      problems->Error(node->place, "'name' is missing: each of several ports needs one");
    } else if (again) {
      problems->Error(node->place, fmt::format("two ports are named '{}'", port.name));
    }
    ports.push_back(std::move(port));
  }
  return ports;
}

// Labels that all of a Service's endpoints share: the slice's own are the control plane's.
Labels SharedLabels(const YamlNode& object) {
  const YamlNode* metadata = FieldOf(object, "metadata");
  if (metadata == nullptr) return {};
  Labels labels = LabelsOf(*metadata, "labels");
  labels.erase(kServiceNameLabel);
  for (auto label = labels.begin(); label != labels.end();) {
    label = label->first.rfind(kSliceLabels, 0) == 0 ? labels.erase(label) : std::next(label);
  }
  return labels;
}

// Absent means ready (the API's own words).
bool IsReady(const YamlNode& endpoint) {
  const YamlNode* conditions = FieldOf(endpoint, "conditions");
  return conditions == nullptr || TextOf(*conditions, "ready") != "false";
}

std::vector<MeshEndpoint> ReadEndpoints(const YamlNode& object, Problems* problems) {
  std::vector<MeshEndpoint> endpoints;
  std::map<std::string, uint16_t> ports;
  for (const YamlNode* port : MapsOf(object, "ports")) {
    if (const std::optional<uint16_t> number = PortOf(*port, "port")) {
      ports[TextOf(*port, "name")] = *number;
    }
  }
  const Labels shared = SharedLabels(object);
  for (const YamlNode* node : MapsOf(object, "endpoints")) {
    const std::vector<std::string> addresses = TextsOf(*node, "addresses");
    if (addresses.empty()) {
      const YamlNode* list = FieldOf(*node, "addresses");
      if (list != nullptr && list->IsList() && list->items.empty()) {
        problems->Error(list->place, "'addresses' is empty");
      }
      continue;
    }
    MeshEndpoint endpoint;
    endpoint.address = addresses.front();  // the others are the same endpoint (the API's words)
    endpoint.ports = ports;
    endpoint.labels = shared;
    endpoint.ready = IsReady(*node);
    endpoint.place = node->place;
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

}  // namespace

void ReadService(const ObjectName& name, const YamlNode& object, Mesh* mesh, Problems* problems) {
  const YamlNode* spec = CheckedSpec(object, ServiceSpecShape(), problems);
  if (spec == nullptr) return;
  Service service;
  service.object = name;
  service.place = object.place;
  service.selector = LabelsOf(*spec, "selector");
  service.ports = ReadServicePorts(*spec, problems);
  mesh->services.push_back(std::move(service));
}

void ReadEndpointSlice(const ObjectName& name, const YamlNode& object, Mesh* mesh,
                       Problems* problems) {
  CheckShape(object, EndpointSliceShape(), "EndpointSlice", problems);
  EndpointSlice slice;
  slice.object = name;
  slice.place = object.place;
  if (const YamlNode* metadata = FieldOf(object, "metadata")) {
    const Labels labels = LabelsOf(*metadata, "labels");
    const auto service = labels.find(kServiceNameLabel);
    if (service != labels.end()) slice.service = service->second;
  }
  if (slice.service.empty()) {
    problems->Warn(object.place, fmt::format("without the label {} no Service has these endpoints",
                                             kServiceNameLabel));
  }
  slice.endpoints = ReadEndpoints(object, problems);
  mesh->slices.push_back(std::move(slice));
}

}  // namespace shadowreel
