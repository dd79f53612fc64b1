#include "scenarios/manifests/mesh_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/byte_text.h"
#include "scenarios/manifests/host_names.h"
#include "scenarios/manifests/mesh_lookup.h"

namespace shadowreel {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

std::string Joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

template <typename... Args>
void AppendLine(std::string* text, fmt::format_string<Args...> format, Args&&... args) {
  *text += InOneLine(fmt::format(format, std::forward<Args>(args)...)) + '\n';
}

void AppendRow(std::string* text, std::string_view name, const std::string& value) {
  if (!value.empty()) AppendLine(text, "  {:<9} {}", name, value);
}

std::string_view KindName(PathMatch::Kind kind) {
  switch (kind) {
    case PathMatch::Kind::kExact:
      return "exact";
    case PathMatch::Kind::kPrefix:
      return "prefix";
    case PathMatch::Kind::kSegmentPrefix:
      return "segment_prefix";
    case PathMatch::Kind::kRegex:
      return "regex";
    case PathMatch::Kind::kAny:
      break;
  }
  return "any";
}

std::string_view KindName(RouteRewrite::Kind kind) {
  switch (kind) {
    case RouteRewrite::Kind::kUri:
      return "uri";
    case RouteRewrite::Kind::kUriRegex:
      return "uri_regex";
    case RouteRewrite::Kind::kSegmentPrefix:
      return "segment_prefix";
    case RouteRewrite::Kind::kFullPath:
      return "full_path";
    case RouteRewrite::Kind::kNone:
      break;
  }
  return "none";
}

std::string MatchText(const RouteMatch& match) {
  std::vector<std::string> parts;
  if (match.path.kind == PathMatch::Kind::kAny) {
    parts.push_back("any path");
  } else {
    std::string kind(KindName(match.path.kind));
    std::replace(kind.begin(), kind.end(), '_', ' ');
    parts.push_back(fmt::format("path {} {}", kind, match.path.value));
  }
  if (!match.method.empty()) parts.push_back("method " + match.method);
  for (const std::string& further : match.further) parts.push_back(further + " (not looked at)");
  return Joined(parts);
}

std::string RewriteText(const RouteRewrite& rewrite) {
  std::vector<std::string> parts;
  switch (rewrite.kind) {
    case RouteRewrite::Kind::kUri:
      parts.push_back("matched prefix, else path -> " + rewrite.to);
      break;
    case RouteRewrite::Kind::kUriRegex:
      parts.push_back(fmt::format("regex {} -> {}", rewrite.expression, rewrite.to));
      break;
    case RouteRewrite::Kind::kSegmentPrefix:
      parts.push_back("matched segments -> " + rewrite.to);
      break;
    case RouteRewrite::Kind::kFullPath:
      parts.push_back("path -> " + rewrite.to);
      break;
    case RouteRewrite::Kind::kNone:
      break;
  }
  if (!rewrite.authority.empty()) parts.push_back("host -> " + rewrite.authority);
  return Joined(parts);
}

std::string DestinationText(const Destination& to) {
  std::string text = to.host;
  if (to.port) text += fmt::format(":{}", *to.port);
  if (!to.subset.empty()) text += " subset " + to.subset;
  return text;
}

std::string MirrorText(const Mirror& mirror) {
  return fmt::format("{}, {} % ({})", DestinationText(mirror.to), mirror.percent,
                     mirror.spelling.empty() ? "no percent is given" : mirror.spelling);
}

void AppendRoute(const Route& route, std::string* text) {
  AppendLine(text, "route       {} {} ({})", route.object.Text(), route.pointer,
             route.place.Text());
  AppendRow(text, "name", route.name);
  AppendRow(text, "hosts", route.hosts.empty() ? "any" : Joined(route.hosts));
  AppendRow(text, "gateways", Joined(route.gateways));
  if (route.matches.empty()) AppendRow(text, "match", "every request");
  for (const RouteMatch& match : route.matches) AppendRow(text, "match", MatchText(match));
  AppendRow(text, "rewrite", RewriteText(route.rewrite));
  for (const Destination& to : route.destinations) {
    const std::string weight = to.weight != 0 ? fmt::format(", weight {}", to.weight) : "";
    AppendRow(text, "to", DestinationText(to) + weight);
  }
  for (const Mirror& mirror : route.mirrors) AppendRow(text, "mirror", MirrorText(mirror));
  text->push_back('\n');
}

std::string EndpointText(const MeshEndpoint& endpoint) {
  std::vector<std::string> ports;
  for (const auto& [name, number] : endpoint.ports) {
    ports.push_back(name.empty() ? fmt::format("{}", number) : fmt::format("{} {}", name, number));
  }
  return fmt::format("{}{}{}", endpoint.address,
                     ports.empty() ? "" : fmt::format(" ({})", Joined(ports)),
                     endpoint.ready ? "" : " not ready");
}

std::vector<const MeshEndpoint*> EndpointsOf(const Mesh& mesh, const DestinationRule& rule,
                                             const SubsetRule& subset) {
  std::vector<const MeshEndpoint*> endpoints =
      EndpointsOf(mesh, FullHost(rule.host, rule.object.name_space));
  std::erase_if(endpoints, [&](const auto* one) { return !HasLabels(*one, subset.labels); });
  return endpoints;
}

void AppendRule(const Mesh& mesh, const DestinationRule& rule, std::string* text) {
  AppendLine(text, "subsets of  {}: {} ({})", rule.host, rule.object.Text(), rule.place.Text());
  size_t name_width = 9;
  size_t label_width = 0;
  for (const SubsetRule& subset : rule.subsets) {
    name_width = std::max(name_width, subset.name.size());
    label_width = std::max(label_width, LabelText(subset.labels).size());
  }
  for (const SubsetRule& subset : rule.subsets) {
    std::vector<std::string> endpoints;
    for (const MeshEndpoint* endpoint : EndpointsOf(mesh, rule, subset)) {
      endpoints.push_back(EndpointText(*endpoint));
    }
    AppendLine(text, "  {:<{}} {:<{}}  {}", subset.name, name_width, LabelText(subset.labels),
               label_width,
               endpoints.empty() ? "no endpoints among the manifests" : Joined(endpoints));
  }
  if (rule.subsets.empty()) AppendRow(text, "none", "a rule without subsets");
  text->push_back('\n');
}

Json ObjectJson(const ObjectName& object) {
  return {{"api_version", object.api_version},
          {"kind", object.kind},
          {"namespace", object.name_space},
          {"name", object.name}};
}

Json DestinationJson(const Destination& to) {
  Json json = {{"host", to.host}, {"subset", to.subset}};
  json["port"] = to.port ? Json(*to.port) : Json();
  return json;
}

Json RouteJson(const Route& route) {
  Json matches = Json::array();
  for (const RouteMatch& match : route.matches) {
    matches.push_back({{"path", {{"kind", KindName(match.path.kind)}, {"value", match.path.value}}},
                       {"method", match.method},
                       {"further", match.further}});
  }
  Json destinations = Json::array();
  for (const Destination& to : route.destinations) {
    destinations.push_back(DestinationJson(to));
    destinations.back()["weight"] = to.weight;
  }
  Json mirrors = Json::array();
  for (const Mirror& mirror : route.mirrors) {
    mirrors.push_back(DestinationJson(mirror.to));
    mirrors.back()["percent"] = mirror.percent;
    mirrors.back()["spelling"] = mirror.spelling;
    mirrors.back()["place"] = mirror.place.Text();
  }
  return {{"object", ObjectJson(route.object)},
          {"pointer", route.pointer},
          {"place", route.place.Text()},
          {"name", route.name},
          {"hosts", route.hosts},
          {"gateways", route.gateways},
          {"matches", std::move(matches)},
          {"rewrite",
           {{"kind", KindName(route.rewrite.kind)},
            {"to", route.rewrite.to},
            {"expression", route.rewrite.expression},
            {"authority", route.rewrite.authority}}},
          {"destinations", std::move(destinations)},
          {"mirrors", std::move(mirrors)}};
}

Json RuleJson(const Mesh& mesh, const DestinationRule& rule) {
  Json subsets = Json::array();
  for (const SubsetRule& subset : rule.subsets) {
    Json endpoints = Json::array();
    for (const MeshEndpoint* endpoint : EndpointsOf(mesh, rule, subset)) {
      endpoints.push_back(
          {{"address", endpoint->address}, {"ports", endpoint->ports}, {"ready", endpoint->ready}});
    }
    subsets.push_back({{"name", subset.name},
                       {"labels", subset.labels},
                       {"endpoints", std::move(endpoints)},
                       {"has_traffic_policy", subset.has_traffic_policy},
                       {"place", subset.place.Text()}});
  }
  return {{"object", ObjectJson(rule.object)},
          {"place", rule.place.Text()},
          {"host", rule.host},
          {"subsets", std::move(subsets)}};
}

}  // namespace

std::string MeshText(const Mesh& mesh) {
  std::string text;
  for (const Route& route : mesh.routes) AppendRoute(route, &text);
  for (const DestinationRule& rule : mesh.rules) AppendRule(mesh, rule, &text);
  if (text.empty()) return "no routes and no subsets\n";
  text.pop_back();  // the empty line behind the last one
  return text;
}

std::string MeshJson(const Mesh& mesh) {
  Json json = {{"schema_version", kSchemaVersion},
               {"routes", Json::array()},
               {"destination_rules", Json::array()}};
  for (const Route& route : mesh.routes) json["routes"].push_back(RouteJson(route));
  for (const DestinationRule& rule : mesh.rules) {
    json["destination_rules"].push_back(RuleJson(mesh, rule));
  }
  // Names of files may hold any bytes.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shadowreel
