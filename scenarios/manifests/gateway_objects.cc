#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/manifests/fields.h"
#include "scenarios/manifests/host_names.h"
#include "scenarios/manifests/kubernetes_shapes.h"
#include "scenarios/manifests/object_reader.h"

namespace shadowreel {
namespace {

constexpr double kMostCount = 2147483647;

Destination ReadBackend(const YamlNode& node, Problems* problems) {
  Destination destination;
  destination.place = node.place;
  destination.host = TextOf(node, "name");
  destination.port = PortOf(node, "port");
  const std::string kind = TextOf(node, "kind");
  if (kind.empty() || kind == "Service") {
    const std::string name_space = TextOf(node, "namespace");
    if (!name_space.empty()) destination.host = ServiceHost(destination.host, name_space);
    if (FieldOf(node, "port") == nullptr) {
      problems->Error(node.place, "'port' is missing: a Service as a backend needs one");
    }
  }
  return destination;
}

// The field that a filter's type asks for.
std::string FieldOfType(const std::string& type) {
  if (type == "URLRewrite") return "urlRewrite";
  if (type == "CORS") return "cors";
  std::string field = type;
  if (!field.empty()) field[0] = static_cast<char>(std::tolower(field[0]));
  return field;
}

// Whether a filter holds what its type says, and nothing else.
bool FilterHoldsItsType(const YamlNode& filter, Problems* problems) {
  const std::string type = TextOf(filter, "type");
  if (type.empty()) return false;
  const std::string field = FieldOfType(type);
  for (const YamlNode::Entry& entry : filter.entries) {
    if (entry.key == "type" || entry.key == field || entry.value.IsNull()) continue;
    problems->Error(entry.place, fmt::format("'{}' in a filter of type {}; its field is '{}'",
                                             entry.key, type, field));
  }
  if (FieldOf(filter, field) != nullptr) return true;
  problems->Error(filter.place, fmt::format("a filter of type {} needs '{}'", type, field));
  return false;
}

void ReadFraction(const YamlNode::Entry& fraction, Mirror* mirror, Problems* problems) {
  const double numerator = NumberOf(fraction.value, "numerator", 0, kMostCount).value_or(0);
  const double denominator = NumberOf(fraction.value, "denominator", 1, kMostCount).value_or(100);
  mirror->spelling = "fraction";
  mirror->percent_place = fraction.place;
  mirror->percent = 100 * std::min(numerator / denominator, 1.0);
  if (numerator > denominator) {
    problems->Error(fraction.place,
                    fmt::format("the fraction {}/{} is more than 1", numerator, denominator));
  }
}

Mirror ReadRequestMirror(const YamlNode& filter, const YamlNode& node, Problems* problems) {
  Mirror mirror;
  mirror.place = filter.place;
  mirror.field = "requestMirror";
  if (const YamlNode* backend = FieldOf(node, "backendRef")) {
    mirror.to = ReadBackend(*backend, problems);
  }
  const YamlNode::Entry* percent = EntryOf(node, "percent");
  const YamlNode::Entry* fraction = EntryOf(node, "fraction");
  if (percent != nullptr && fraction != nullptr) {
    problems->Error(fraction->place, "'percent' and 'fraction' exclude each other; keep one");
  }
  if (percent != nullptr) {
    mirror.percent = NumberOf(node, "percent", 0, 100).value_or(100);
    mirror.spelling = "percent";
    mirror.percent_place = percent->place;
  } else if (fraction != nullptr) {
    ReadFraction(*fraction, &mirror, problems);
  }
  return mirror;
}

void ReadUrlRewrite(const YamlNode& filter, const YamlNode& node, Route* route,
                    Problems* problems) {
  RouteRewrite& rewrite = route->rewrite;
  if (rewrite.place.line != 0) {
    problems->Error(filter.place, "a second URLRewrite on one rule; keep one");
    return;
  }
  rewrite.place = node.place;
  rewrite.authority = TextOf(node, "hostname");
  const YamlNode* path = FieldOf(node, "path");
  if (path == nullptr) return;
  const std::string type = TextOf(*path, "type");
  const std::string field = type == "ReplaceFullPath" ? "replaceFullPath" : "replacePrefixMatch";
  if (!type.empty() && FieldOf(*path, field) == nullptr) {
    problems->Error(path->place, fmt::format("a path of type {} needs '{}'", type, field));
    return;
  }
  rewrite.to = TextOf(*path, field);
  rewrite.kind = type == "ReplaceFullPath" ? RouteRewrite::Kind::kFullPath
                                           : RouteRewrite::Kind::kSegmentPrefix;
}

// The filters of a rule or of one of its backends, which gets `share` of the rule's requests.
void ReadFilters(const YamlNode& owner, double share, Route* route, Problems* problems) {
  for (const YamlNode* filter : MapsOf(owner, "filters")) {
    if (!FilterHoldsItsType(*filter, problems)) continue;
    if (const YamlNode* mirror = FieldOf(*filter, "requestMirror")) {
      route->mirrors.push_back(ReadRequestMirror(*filter, *mirror, problems));
      route->mirrors.back().percent *= share;
    }
    if (const YamlNode* rewrite = FieldOf(*filter, "urlRewrite")) {
      ReadUrlRewrite(*filter, *rewrite, route, problems);
    }
  }
}

void ReadPath(const YamlNode& node, RouteMatch* match, Problems* problems) {
  const std::string type = TextOf(node, "type");
  const YamlNode* value = FieldOf(node, "value");
  match->path.value = value == nullptr ? "/" : value->text;
  match->path.kind = type == "Exact"               ? PathMatch::Kind::kExact
                     : type == "RegularExpression" ? PathMatch::Kind::kRegex
                                                   : PathMatch::Kind::kSegmentPrefix;
  if (value == nullptr) return;
  if (type == "RegularExpression") {
    CheckExpression(*value, "path", problems);
  } else if (value->text.empty() || value->text[0] != '/') {
    problems->Error(value->place,
                    fmt::format("the path '{}' does not begin with '/'", value->text));
  }
}

RouteMatch ReadMatch(const YamlNode& node, Problems* problems) {
  RouteMatch match;
  match.place = node.place;
  match.method = TextOf(node, "method");
  if (const YamlNode* path = FieldOf(node, "path")) ReadPath(*path, &match, problems);
  for (const char* name : {"headers", "queryParams"}) {
    const YamlNode* conditions = FieldOf(node, name);
    if (conditions == nullptr) continue;
    if (!conditions->items.empty()) match.further.emplace_back(name);
    for (const YamlNode& condition : conditions->items) {
      const YamlNode* value = FieldOf(condition, "value");
      if (value != nullptr && TextOf(condition, "type") == "RegularExpression") {
        CheckExpression(*value, TextOf(condition, "name"), problems);
      }
    }
  }
  return match;
}

// ReplacePrefixMatch goes with PathPrefix alone (the CRD's own rule).
void CheckPrefixRewrite(const Route& route, Problems* problems) {
  if (route.rewrite.kind != RouteRewrite::Kind::kSegmentPrefix) return;
  for (const RouteMatch& match : route.matches) {
    if (match.path.kind == PathMatch::Kind::kSegmentPrefix) continue;
    problems->Error(route.rewrite.place,
                    "ReplacePrefixMatch needs a match by PathPrefix; this rule has another one");
    return;
  }
}

Route ReadRule(const YamlNode& node, Problems* problems) {
  Route route;
  route.place = node.place;
  route.name = TextOf(node, "name");
  for (const YamlNode* match : MapsOf(node, "matches")) {
    route.matches.push_back(ReadMatch(*match, problems));
  }
  const std::vector<const YamlNode*> backends = MapsOf(node, "backendRefs");
  double total = 0;
  for (const YamlNode* backend : backends) {
    route.destinations.push_back(ReadBackend(*backend, problems));
    route.destinations.back().weight = NumberOf(*backend, "weight", 0, kMostCount).value_or(1);
    total += route.destinations.back().weight;
  }
  ReadFilters(node, 1, &route, problems);
  for (size_t i = 0; i < backends.size(); ++i) {
    const double share = total > 0 ? route.destinations[i].weight / total : 0;
    ReadFilters(*backends[i], share, &route, problems);
  }
  CheckPrefixRewrite(route, problems);
  return route;
}

}  // namespace

void ReadHttpRoute(const ObjectName& name, const YamlNode& object, Mesh* mesh, Problems* problems) {
  const YamlNode* spec = CheckedSpec(object, HttpRouteSpecShape(), problems);
  if (spec == nullptr) return;
  const YamlNode* rules = FieldOf(*spec, "rules");
  if (rules == nullptr) return;
  std::vector<std::string> parents;
  for (const YamlNode* parent : MapsOf(*spec, "parentRefs")) {
    parents.push_back(TextOf(*parent, "name"));
  }
  size_t number = 0;
  for (const YamlNode& item : rules->items) {
    const size_t position = number++;
    if (!item.IsMap()) continue;
    Route route = ReadRule(item, problems);
    route.object = name;
    route.pointer = fmt::format("/spec/rules/{}", position);
    route.hosts = TextsOf(*spec, "hostnames");
    route.gateways = parents;
    mesh->routes.push_back(std::move(route));
  }
}

}  // namespace shadowreel
