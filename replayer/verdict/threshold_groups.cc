#include "replayer/verdict/threshold_groups.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "scenarios/terms/path_template.h"

namespace shadowreel {
namespace {

bool Names(const PathTemplate& wanted, const EndpointNamer& namer, std::string_view endpoint) {
  if (wanted.Covers(endpoint)) return true;
  if (wanted.has_parameters()) return false;
  const std::string_view method = endpoint.substr(0, endpoint.find(' '));
  if (!wanted.method().empty() && wanted.method() != method) return false;
  return namer.NameOf(method, wanted.path()) == endpoint;
}

}  // namespace

EndpointGroups GroupsOfThresholds(const std::vector<Threshold>& thresholds,
                                  const EndpointNamer& namer) {
  EndpointGroups groups;
  std::vector<PathTemplate> templates;
  for (const Threshold& threshold : thresholds) {
    const std::string& name = threshold.endpoint;
    if (name.empty()) continue;
    if (std::find(groups.names.begin(), groups.names.end(), name) != groups.names.end()) continue;
    absl::StatusOr<PathTemplate> parsed = ParsePathTemplate(name);
    CHECK(parsed.ok());  // as ParseThreshold did
    groups.names.push_back(name);
    templates.push_back(*std::move(parsed));
  }
  groups.of = [templates = std::move(templates), namer](std::string_view endpoint) {
    std::vector<size_t> named;
    for (size_t i = 0; i < templates.size(); ++i) {
      if (Names(templates[i], namer, endpoint)) named.push_back(i);
    }
    return named;
  };
  return groups;
}

}  // namespace shadowreel
