#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/manifests/fields.h"
#include "scenarios/manifests/istio_shapes.h"
#include "scenarios/manifests/object_reader.h"

namespace shadowreel {
namespace {

// Whether a connectionPool bounds anything.
bool HasConnectionPool(const YamlNode& policy) {
  const YamlNode* pool = FieldOf(policy, "connectionPool");
  if (pool == nullptr) return false;
  for (const char* protocol : {"tcp", "http"}) {
    const YamlNode* bounds = FieldOf(*pool, protocol);
    if (bounds != nullptr && !bounds->entries.empty()) return true;
  }
  return false;
}

std::string TlsMode(const YamlNode& policy) {
  const YamlNode* tls = FieldOf(policy, "tls");
  return tls == nullptr ? "" : TextOf(*tls, "mode");
}

void ReadTrafficPolicy(const YamlNode& policy, DestinationRule* rule) {
  rule->has_connection_pool = HasConnectionPool(policy);
  rule->tls_mode = TlsMode(policy);
  for (const YamlNode* port : MapsOf(policy, "portLevelSettings")) {
    const YamlNode* selector = FieldOf(*port, "port");
    const std::optional<uint16_t> number =
        selector == nullptr ? std::nullopt : PortOf(*selector, "number");
    if (number) rule->ports[*number] = {HasConnectionPool(*port), TlsMode(*port)};
  }
}

SubsetRule ReadSubset(const YamlNode& node) {
  SubsetRule subset;
  subset.name = TextOf(node, "name");
  subset.labels = LabelsOf(node, "labels");
  subset.place = node.place;
  if (const YamlNode* policy = FieldOf(node, "trafficPolicy")) {
    subset.has_traffic_policy = true;
    subset.has_connection_pool = HasConnectionPool(*policy);
    subset.tls_mode = TlsMode(*policy);
  }
  return subset;
}

// Istio's protocol.Parse, which ignores case; it sniffs where the text is empty.
void CheckProtocol(const YamlNode& port, Problems* problems) {
  static const std::vector<std::string> kKnown = {"HTTP",     "HTTP2", "HTTPS", "GRPC",
                                                  "GRPC-WEB", "TCP",   "TLS",   "UDP",
                                                  "MONGO",    "MYSQL", "REDIS", "HTTP_PROXY"};
  const YamlNode* field = FieldOf(port, "protocol");
  if (field == nullptr || !field->IsScalar() || field->text.empty()) return;
  const std::string upper = absl::AsciiStrToUpper(field->text);
  if (std::find(kKnown.begin(), kKnown.end(), upper) != kKnown.end()) return;
  problems->Error(field->place, fmt::format("'protocol' is '{}'; one of: {}", field->text,
                                            fmt::join(kKnown, ", ")));
}

std::vector<NamedPort> ReadEntryPorts(const YamlNode& spec, Problems* problems) {
  std::vector<NamedPort> ports;
  for (const YamlNode* node : MapsOf(spec, "ports")) {
    CheckProtocol(*node, problems);
    NamedPort port;
    port.name = TextOf(*node, "name");
    port.protocol = TextOf(*node, "protocol");
    port.number = PortOf(*node, "number").value_or(0);
    port.target = TextOf(*node, "targetPort");
    const bool again = std::any_of(ports.begin(), ports.end(), [&port](const NamedPort& other) {
      return other.name == port.name || other.number == port.number;
    });
    if (again) {
      problems->Error(node->place, fmt::format("port '{}' {}: its name or number stands twice",
                                               port.name, port.number));
    }
    ports.push_back(std::move(port));
  }
  return ports;
}

MeshEndpoint ReadEntryEndpoint(const YamlNode& node, const std::vector<NamedPort>& ports) {
  MeshEndpoint endpoint;
  endpoint.address = TextOf(node, "address");
  endpoint.labels = LabelsOf(node, "labels");
  endpoint.labels_are_its_own = true;
  endpoint.place = node.place;
  const YamlNode* own_ports = FieldOf(node, "ports");
  for (const NamedPort& port : ports) {
    const std::optional<uint16_t> own =
        own_ports == nullptr ? std::nullopt : PortOf(*own_ports, port.name);
    endpoint.ports[port.name] = own.value_or(PortIn(port.target).value_or(port.number));
  }
  return endpoint;
}

void CheckEntry(const YamlNode& spec, const ServiceEntry& entry, Problems* problems) {
  if (const YamlNode* hosts = FieldOf(spec, "hosts"); hosts != nullptr && hosts->items.empty()) {
    problems->Error(hosts->place, "'hosts' is empty; name the host that the entry is for");
  }
  const YamlNode* resolution = FieldOf(spec, "resolution");
  if (resolution != nullptr && resolution->text == "STATIC" && entry.endpoints.empty() &&
      FieldOf(spec, "workloadSelector") == nullptr) {
    problems->Error(resolution->place,
                    "resolution STATIC needs 'endpoints' (or a 'workloadSelector'); DNS asks for "
                    "the host itself");
  }
}

}  // namespace

void ReadDestinationRule(const ObjectName& name, const YamlNode& object, Mesh* mesh,
                         Problems* problems) {
  const YamlNode* spec = CheckedSpec(object, DestinationRuleSpecShape(), problems);
  if (spec == nullptr) return;
  DestinationRule rule;
  rule.object = name;
  rule.place = object.place;
  rule.host = TextOf(*spec, "host");
  if (const YamlNode* policy = FieldOf(*spec, "trafficPolicy")) {
    rule.has_traffic_policy = true;
    ReadTrafficPolicy(*policy, &rule);
  }
  for (const YamlNode* node : MapsOf(*spec, "subsets")) {
    SubsetRule subset = ReadSubset(*node);
    const bool again =
        std::any_of(rule.subsets.begin(), rule.subsets.end(),
                    [&subset](const SubsetRule& other) { return other.name == subset.name; });
    if (again && !subset.name.empty()) {
      problems->Error(node->place, fmt::format("subset '{}' stands twice; keep one", subset.name));
    } else {
      rule.subsets.push_back(std::move(subset));
    }
  }
  mesh->rules.push_back(std::move(rule));
}

void ReadServiceEntry(const ObjectName& name, const YamlNode& object, Mesh* mesh,
                      Problems* problems) {
  const YamlNode* spec = CheckedSpec(object, ServiceEntrySpecShape(), problems);
  if (spec == nullptr) return;
  ServiceEntry entry;
  entry.object = name;
  entry.place = object.place;
  entry.hosts = TextsOf(*spec, "hosts");
  entry.external = TextOf(*spec, "location") != "MESH_INTERNAL";
  entry.ports = ReadEntryPorts(*spec, problems);
  for (const YamlNode* node : MapsOf(*spec, "endpoints")) {
    entry.endpoints.push_back(ReadEntryEndpoint(*node, entry.ports));
  }
  CheckEntry(*spec, entry, problems);
  mesh->entries.push_back(std::move(entry));
}

}  // namespace shadowreel
