#include "scenarios/manifests/lint_hosts.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "scenarios/manifests/fields.h"
#include "scenarios/manifests/host_names.h"
#include "scenarios/manifests/mesh_lookup.h"

namespace shadowreel {
namespace {

bool IsIstio(const Route& route) { return route.object.kind == "VirtualService"; }

// A name like reviews.prod, which Istio takes for a full one.
std::string MeantService(const Mesh& mesh, const std::string& full_host) {
  const size_t dot = full_host.find('.');
  const std::string completed = ServiceHost(
      full_host.substr(0, dot), dot == std::string::npos ? "" : full_host.substr(dot + 1));
  return FindService(mesh, completed) == nullptr ? "" : completed;
}

void MissingEntry(const Mesh& mesh, const Destination& to, const std::string& full_host,
                  Problems* problems) {
  const std::string meant = MeantService(mesh, full_host);
  problems->Error(
      to.place,
      meant.empty()
          ? fmt::format("no ServiceEntry for '{}', which is outside the cluster: the mesh drops "
                        "every copy without a word; add one, or its file to --manifests",
                        full_host)
          : fmt::format("'{}' is no Service to Istio; write '{}'", full_host, meant));
}

// Null when the mirror's port is not to be found; says so.
const NamedPort* MirrorPort(const std::vector<NamedPort>& ports, const Destination& to,
                            const std::string& full_host, Problems* problems) {
  if (ports.empty()) return nullptr;
  std::vector<uint16_t> numbers;
  for (const NamedPort& port : ports) numbers.push_back(port.number);
  if (!to.port) {
    if (ports.size() == 1) return &ports.front();
    problems->Warn(to.place, fmt::format("'{}' has the ports {}; say which one in 'port'",
                                         full_host, fmt::join(numbers, ", ")));
    return nullptr;
  }
  for (const NamedPort& port : ports) {
    if (port.number == *to.port) return &port;
  }
  problems->Error(to.place, fmt::format("'{}' has no port {}; it has {}", full_host, *to.port,
                                        fmt::join(numbers, ", ")));
  return nullptr;
}

bool SpeaksTls(const NamedPort& port) {
  const std::string protocol = absl::AsciiStrToUpper(port.protocol);
  return protocol == "HTTPS" || protocol == "TLS" || port.number == 443 ||
         PortIn(port.target) == 443;
}

// Istio takes nothing of the rule's own for a port that has settings.
PortPolicy PolicyFor(const DestinationRule& rule, std::optional<uint16_t> port) {
  const auto own = port ? rule.ports.find(*port) : rule.ports.end();
  if (own != rule.ports.end()) return own->second;
  return {rule.has_connection_pool, rule.tls_mode};
}

bool OriginatesTls(const Mesh& mesh, const std::string& full_host, const std::string& subset,
                   uint16_t port) {
  const SubsetRule* const own = FindSubset(mesh, full_host, subset);
  if (own != nullptr && !own->tls_mode.empty()) return own->tls_mode != "DISABLE";
  const std::vector<const DestinationRule*> rules = RulesFor(mesh, full_host);
  return std::any_of(rules.begin(), rules.end(), [port](const DestinationRule* rule) {
    const std::string mode = PolicyFor(*rule, port).tls_mode;
    return !mode.empty() && mode != "DISABLE";
  });
}

void LintTls(const Mesh& mesh, const Destination& to, const std::string& full_host,
             const NamedPort& port, Problems* problems) {
  if (!SpeaksTls(port) || OriginatesTls(mesh, full_host, to.subset, port.number)) return;
  problems->Error(to.place,
                  fmt::format("port {} of '{}' speaks TLS, and no DestinationRule originates it: "
                              "add one with trafficPolicy.tls.mode SIMPLE (or MUTUAL)",
                              port.number, full_host));
}

void LintConnectionPool(const Mesh& mesh, const Mirror& mirror, const std::string& full_host,
                        std::optional<uint16_t> port, Problems* problems) {
  for (const DestinationRule* rule : RulesFor(mesh, full_host)) {
    if (PolicyFor(*rule, port).has_connection_pool) return;
  }
  const SubsetRule* subset = FindSubset(mesh, full_host, mirror.to.subset);
  if (subset != nullptr && subset->has_connection_pool) return;
  problems->Warn(mirror.place,
                 fmt::format("no connectionPool bounds '{}': Istio's default is unlimited, so a "
                             "slow recorder grows the proxy's memory; set "
                             "trafficPolicy.connectionPool in a DestinationRule",
                             full_host));
}

}  // namespace

void LintSubset(const Mesh& mesh, const ObjectName& object, const Destination& to,
                Problems* problems) {
  if (to.subset.empty() || HasPlaceholder(to.host)) return;
  const std::string full_host = FullHost(to.host, object.name_space);
  if (FindSubset(mesh, full_host, to.subset) != nullptr) return;
  std::vector<std::string> known;
  for (const DestinationRule* rule : RulesFor(mesh, full_host)) {
    for (const SubsetRule& subset : rule->subsets) known.push_back(subset.name);
  }
  const std::string near = NearestName(to.subset, known);
  problems->Error(
      to.place,
      known.empty()
          ? fmt::format("no DestinationRule defines subset '{}' of '{}'; add one, or its file to "
                        "--manifests",
                        to.subset, full_host)
          : fmt::format("no subset '{}' of '{}'; {}", to.subset, full_host,
                        near.empty() ? fmt::format("defined: {}", fmt::join(known, ", "))
                                     : fmt::format("did you mean '{}'?", near)));
}

void LintMirrorHost(const Mesh& mesh, const Route& route, const Mirror& mirror,
                    Problems* problems) {
  const Destination& to = mirror.to;
  if (to.host.empty() || HasPlaceholder(to.host)) return;
  const std::string full_host = FullHost(to.host, route.object.name_space);
  const Service* service = FindService(mesh, full_host);
  const ServiceEntry* entry = service == nullptr ? FindEntry(mesh, full_host) : nullptr;
  const NamedPort* port = nullptr;
  if (service != nullptr) {
    port = MirrorPort(service->ports, to, full_host, problems);
  } else if (entry != nullptr) {
    port = MirrorPort(entry->ports, to, full_host, problems);
    if (port != nullptr && entry->external) LintTls(mesh, to, full_host, *port, problems);
  } else if (IsIstio(route) && !IsClusterHost(full_host)) {
    MissingEntry(mesh, to, full_host, problems);
  }
  if (!IsIstio(route)) return;
  const std::optional<uint16_t> number = port == nullptr ? to.port : port->number;
  LintConnectionPool(mesh, mirror, full_host, number, problems);
}

void LintEndpoints(const Mesh& mesh, Problems* problems) {
  for (const DestinationRule& rule : mesh.rules) {
    const std::string full_host = FullHost(rule.host, rule.object.name_space);
    const std::vector<const MeshEndpoint*> endpoints = EndpointsOf(mesh, full_host);
    const bool known = !endpoints.empty() &&
                       std::all_of(endpoints.begin(), endpoints.end(), [](const auto* endpoint) {
                         return endpoint->labels_are_its_own;
                       });
    if (!known) continue;
    for (const SubsetRule& subset : rule.subsets) {
      const bool any =
          std::any_of(endpoints.begin(), endpoints.end(), [&subset](const auto* endpoint) {
            return endpoint->ready && HasLabels(*endpoint, subset.labels);
          });
      if (any) continue;
      std::vector<std::string> labels;
      for (const auto& [key, value] : subset.labels) labels.push_back(key + "=" + value);
      problems->Warn(
          subset.place,
          fmt::format("subset '{}': none of the {} endpoints of '{}' is ready and has "
                      "{}; what is sent there fails",
                      subset.name, endpoints.size(), full_host, fmt::join(labels, ", ")));
    }
  }
}

}  // namespace shadowreel
