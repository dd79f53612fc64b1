#include "scenarios/emit/route_choice.h"

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/check.h"
#include "base/status.h"
#include "base/text.h"
#include "formats/byte_text.h"

namespace shadowreel {
namespace {

constexpr size_t kMostListed = 12;

bool SameObject(const ObjectName& a, const ObjectName& b) {
  return a.kind == b.kind && a.name_space == b.name_space && a.name == b.name;
}

std::string Index(const Route& route) { return route.pointer.substr(route.pointer.rfind('/') + 1); }

// As --route takes it.
std::string Choice(const Route& route) {
  return route.object.name_space + "/" + route.object.name + ":" +
         (route.name.empty() ? Index(route) : route.name);
}

std::string ListChoices(const std::vector<const Route*>& routes) {
  std::vector<std::string> choices;
  for (const Route* route : routes) choices.push_back("--route=" + Choice(*route));
  return ListBeginning(choices, kMostListed);
}

bool ChosenByName(const Route& route, std::string_view choice) {
  const size_t colon = choice.find(':');
  std::string_view object = choice.substr(0, colon);
  const size_t slash = object.find('/');
  if (slash != std::string_view::npos) {
    if (object.substr(0, slash) != route.object.name_space) return false;
    object.remove_prefix(slash + 1);
  }
  if (object != route.object.name) return false;
  if (colon == std::string_view::npos) return true;
  const std::string_view which = choice.substr(colon + 1);
  return which == route.name || which == Index(route);
}

bool HasHost(const Route& route, const std::string& host) {
  return std::any_of(route.hosts.begin(), route.hosts.end(), [&host](const std::string& own) {
    return strcasecmp(own.c_str(), host.c_str()) == 0;
  });
}

// Follows a pointer that the reader of the manifests made: keys and indices of what is there.
const YamlNode& At(const YamlNode& object, const std::string& pointer) {
  const YamlNode* node = &object;
  size_t begin = 1;
  while (begin <= pointer.size()) {
    const size_t end = std::min(pointer.find('/', begin), pointer.size());
    const std::string token = pointer.substr(begin, end - begin);
    begin = end + 1;
    node = node->IsList() ? &node->items.at(std::stoul(token)) : node->Find(token);
    CHECK(node != nullptr);
  }
  return *node;
}

// Manifests with the same object twice are not read at all (read_mesh.h).
const YamlNode& ObjectOf(const Mesh& mesh, const ObjectName& name) {
  const auto found =
      std::find_if(mesh.objects.begin(), mesh.objects.end(),
                   [&name](const auto& object) { return SameObject(name, object.first); });
  CHECK(found != mesh.objects.end());
  return found->second;
}

absl::StatusOr<std::vector<const Route*>> Filter(const std::vector<const Route*>& routes,
                                                 const std::string& choice,
                                                 const std::string& host) {
  std::vector<const Route*> chosen;
  for (const Route* route : routes) {
    if (!choice.empty() && !ChosenByName(*route, choice)) continue;
    if (!host.empty() && !HasHost(*route, host)) continue;
    chosen.push_back(route);
  }
  if (chosen.empty()) {
    return UsageError("{}{}: no such route that sends requests somewhere; there are {}",
                      choice.empty() ? "--host=" : "--route=", choice.empty() ? host : choice,
                      ListChoices(routes));
  }
  if (choice.empty() && host.empty() && chosen.size() > 1) {
    return UsageError("which route is to mirror? {}; or --host=HOST for all of a host",
                      ListChoices(chosen));
  }
  return chosen;
}

// A cluster has no names of other bytes; in the commands that people copy, they could be commands.
absl::Status CheckNames(const ObjectName& object) {
  const auto allowed = [](unsigned char byte) {
    return std::isalnum(byte) != 0 || byte == '-' || byte == '.';
  };
  for (const std::string* name : {&object.name, &object.name_space}) {
    if (!name->empty() && name->front() != '-' &&
        std::all_of(name->begin(), name->end(), allowed)) {
      continue;
    }
    return UsageError("{}: a name and a namespace are of letters, digits, '-' and '.'",
                      EscapeBeginning(object.Text(), 128));
  }
  return absl::OkStatus();
}

// Of a route that is named by its name, or of an object with this name in several namespaces.
absl::Status CheckOneObject(const std::vector<const Route*>& chosen, const std::string& choice) {
  for (const Route* route : chosen) {
    if (!SameObject(route->object, chosen.front()->object)) {
      return UsageError("these routes are of more than one object, and a patch is of one: {}",
                        ListChoices(chosen));
    }
  }
  if (choice.find(':') != std::string::npos && chosen.size() > 1) {
    return UsageError("--route={}: more than one route is called so; say it by index, from 0",
                      choice);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ChosenRoutes> ChooseRoutes(const Mesh& mesh, const std::string& kind,
                                          const std::string& route, const std::string& host) {
  std::vector<const Route*> routes;
  for (const Route& one : mesh.routes) {
    if (one.object.kind == kind && !one.destinations.empty()) routes.push_back(&one);
  }
  if (routes.empty()) {
    return UsageError("the manifests have no {} with a route that sends requests somewhere", kind);
  }
  ASSIGN_OR_RETURN(const std::vector<const Route*> wanted, Filter(routes, route, host));
  const YamlNode& object = ObjectOf(mesh, wanted.front()->object);
  RETURN_IF_ERROR(CheckOneObject(wanted, route));
  RETURN_IF_ERROR(CheckNames(wanted.front()->object));
  ChosenRoutes chosen;
  chosen.object = wanted.front()->object;
  chosen.live = object.Find({"metadata", "resourceVersion"}) != nullptr;
  for (const Route* one : wanted) {
    chosen.routes.push_back({one->pointer, ManifestJson(At(object, one->pointer))});
  }
  return chosen;
}

}  // namespace shadowreel
