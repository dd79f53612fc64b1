#include "scenarios/manifests/subset_endpoints.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "net/http/fields.h"
#include "scenarios/manifests/addressed_host.h"
#include "scenarios/manifests/fields.h"
#include "scenarios/manifests/host_names.h"
#include "scenarios/manifests/mesh_lookup.h"

namespace shadowreel {
namespace {

// The beginning of the list, each text once.
std::string Listed(const std::vector<std::string>& texts) {
  std::vector<std::string> once;
  for (const std::string& text : texts) {
    if (std::find(once.begin(), once.end(), text) == once.end()) once.push_back(text);
  }
  return ListBeginning(once);
}

// Where an endpoint listens for what a client sends to `port`. Nothing: it does not.
std::optional<uint16_t> ListensOn(const MeshEndpoint& endpoint, const NamedPort& port) {
  const auto named = endpoint.ports.find(port.name);
  if (named != endpoint.ports.end()) return named->second;
  if (!endpoint.ports.empty()) return std::nullopt;
  return port.target.empty() ? port.number : PortIn(port.target);
}

// The port when nothing tells the ports' names.
std::optional<uint16_t> OnlyPortOf(const MeshEndpoint& endpoint) {
  if (endpoint.ports.size() != 1) return std::nullopt;
  return endpoint.ports.begin()->second;
}

// Full names of hosts that the manifests know and a client that asks for `asked` may mean.
std::set<std::string> HostsMeantBy(const Mesh& mesh, const std::string& asked) {
  std::set<std::string> known;
  for (const DestinationRule& rule : mesh.rules) {
    known.insert(FullHost(rule.host, rule.object.name_space));
  }
  for (const Service& service : mesh.services) {
    known.insert(ServiceHost(service.object.name, service.object.name_space));
  }
  for (const EndpointSlice& slice : mesh.slices) {
    known.insert(ServiceHost(slice.service, slice.object.name_space));
  }
  for (const ServiceEntry& entry : mesh.entries) {
    for (const std::string& host : entry.hosts) {
      known.insert(FullHost(host, entry.object.name_space));
    }
  }
  std::set<std::string> meant;
  for (const std::string& host : known) {
    if (EqualsIgnoreCase(host, asked)) return {host};
    if (MayMean(asked, host) && !RulesFor(mesh, host).empty()) meant.insert(host);
  }
  return meant;
}

// One question with what it is asked of.
class Finder {
 public:
  Finder(const Mesh& mesh, const std::string& host, uint16_t port, const std::string& subset)
      : mesh_(mesh), asked_(host), port_(port), subset_(subset) {}

  absl::StatusOr<SubsetEndpoints> Find();

 private:
  absl::Status FindHost();
  absl::Status FindRule();
  absl::Status FindPort();
  absl::Status FindServers();
  void AddServer(const MeshEndpoint& endpoint);
  absl::Status NoneHasLabels(const std::vector<const MeshEndpoint*>& all) const;

  const Mesh& mesh_;
  const std::string& asked_;
  const uint16_t port_;
  const std::string& subset_;
  std::string host_;                  // full
  const NamedPort* named_ = nullptr;  // null: neither Service nor ServiceEntry is there to tell
  SubsetEndpoints found_;
};

absl::Status Finder::FindHost() {
  const std::set<std::string> hosts = HostsMeantBy(mesh_, asked_);
  if (hosts.size() > 1) {
    return UsageError("'{}' may be {}: write the target's host with its namespace", asked_,
                      fmt::join(hosts, " or "));
  }
  if (hosts.empty() || RulesFor(mesh_, *hosts.begin()).empty()) {
    std::vector<std::string> ruled;
    for (const DestinationRule& rule : mesh_.rules) {
      ruled.push_back(FullHost(rule.host, rule.object.name_space));
    }
    return UsageError("no DestinationRule for host '{}' among the manifests; there {}", asked_,
                      ruled.empty() ? "is none at all" : "are rules for " + Listed(ruled));
  }
  host_ = *hosts.begin();
  return absl::OkStatus();
}

absl::Status Finder::FindRule() {
  const std::vector<const DestinationRule*> rules = RulesFor(mesh_, host_);
  std::vector<std::string> names;
  for (const DestinationRule* rule : rules) {
    for (const SubsetRule& subset : rule->subsets) {
      names.push_back(subset.name);
      if (subset.name != subset_) continue;
      found_.labels = subset.labels;
      found_.has_traffic_policy = subset.has_traffic_policy || rule->has_traffic_policy;
      return absl::OkStatus();
    }
  }
  return UsageError("{}: {} has no subset '{}'; there {}", rules[0]->place.Text(),
                    rules[0]->object.Text(), subset_,
                    names.empty() ? "is none" : "are " + Listed(names));
}

absl::Status Finder::FindPort() {
  const Service* const service = FindService(mesh_, host_);
  const ServiceEntry* const entry = service == nullptr ? FindEntry(mesh_, host_) : nullptr;
  if (service == nullptr && entry == nullptr) return absl::OkStatus();
  std::vector<std::string> known;
  for (const NamedPort& port : service != nullptr ? service->ports : entry->ports) {
    known.push_back(port.name.empty() ? fmt::format("{}", port.number)
                                      : fmt::format("{} ({})", port.number, port.name));
    if (port.number == port_ && port.protocol != "UDP") {
      named_ = &port;
      return absl::OkStatus();
    }
  }
  return UsageError("{}: {} has no port {}; it has {}: write one of them in the target's URL",
                    service != nullptr ? service->place.Text() : entry->place.Text(), host_, port_,
                    Listed(known));
}

absl::Status Finder::NoneHasLabels(const std::vector<const MeshEndpoint*>& all) const {
  std::vector<std::string> seen;
  bool of_pods = true;
  for (const MeshEndpoint* endpoint : all) {
    seen.push_back(LabelText(endpoint->labels));
    of_pods = of_pods && endpoint->labels_are_its_own;
  }
  return UsageError("no endpoint of {} has {} (subset '{}'); labels seen are {}{}", host_,
                    LabelText(found_.labels), subset_, Listed(seen),
                    of_pods ? ""
                            : "; an EndpointSlice's endpoints have the labels of their Pods: add "
                              "these to the manifests");
}

void Finder::AddServer(const MeshEndpoint& endpoint) {
  const auto leave_out = [&](const std::string& why) {
    found_.notes.push_back(fmt::format("{}: endpoint {} is left out: {}", endpoint.place.Text(),
                                       endpoint.address, why));
  };
  if (!endpoint.ready) return leave_out("it is not ready");
  const std::optional<uint16_t> port =
      named_ != nullptr ? ListensOn(endpoint, *named_) : OnlyPortOf(endpoint);
  if (port) {
    const SubsetServer server{endpoint.address, *port};
    const auto found = std::find(found_.servers.begin(), found_.servers.end(), server);
    if (found == found_.servers.end()) found_.servers.push_back(server);
  } else if (named_ != nullptr) {
    leave_out(fmt::format("it does not listen for port {}", port_));
  } else {
    leave_out("without the Service among the manifests its port cannot be told");
  }
}

absl::Status Finder::FindServers() {
  const std::vector<const MeshEndpoint*> all = EndpointsOf(mesh_, host_);
  if (all.empty()) {
    return UsageError(
        "no endpoints of {} among the manifests: add its EndpointSlices, or a ServiceEntry with "
        "endpoints",
        host_);
  }
  bool any = false;
  for (const MeshEndpoint* endpoint : all) {
    if (!HasLabels(*endpoint, found_.labels)) continue;
    any = true;
    AddServer(*endpoint);
    if (found_.servers.size() <= kMostSubsetServers) continue;
    return UsageError("subset '{}' of {} has more than {} endpoints", subset_, host_,
                      kMostSubsetServers);
  }
  if (!any) return NoneHasLabels(all);
  if (!found_.servers.empty()) return absl::OkStatus();
  return UsageError("no endpoint of subset '{}' of {} can be sent to: {}", subset_, host_,
                    Listed(found_.notes));
}

absl::StatusOr<SubsetEndpoints> Finder::Find() {
  RETURN_IF_ERROR(FindHost());
  RETURN_IF_ERROR(FindRule());
  RETURN_IF_ERROR(FindPort());
  RETURN_IF_ERROR(FindServers());
  return std::move(found_);
}

}  // namespace

absl::StatusOr<SubsetEndpoints> FindSubsetEndpoints(const Mesh& mesh, const std::string& host,
                                                    uint16_t port, const std::string& subset) {
  return Finder(mesh, host, port, subset).Find();
}

}  // namespace shadowreel
