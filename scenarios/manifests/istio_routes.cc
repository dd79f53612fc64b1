#include <fmt/format.h>

#include <utility>

#include "scenarios/manifests/fields.h"
#include "scenarios/manifests/istio_shapes.h"
#include "scenarios/manifests/object_reader.h"

namespace shadowreel {
namespace {

constexpr double kMostCount = 2147483647;

Destination ReadDestination(const YamlNode& node) {
  Destination destination;
  destination.host = TextOf(node, "host");
  destination.subset = TextOf(node, "subset");
  if (const YamlNode* port = FieldOf(node, "port")) destination.port = PortOf(*port, "number");
  destination.place = node.place;
  return destination;
}

// Of exact, prefix and regex, the one that is given; null when none is.
const YamlNode::Entry* OneCondition(const YamlNode& match, const std::string& name,
                                    Problems* problems) {
  const YamlNode::Entry* given = nullptr;
  for (const YamlNode::Entry& entry : match.entries) {
    if (entry.value.IsNull()) continue;
    if (given != nullptr) {
      problems->Error(entry.place, fmt::format("'{}' has '{}' and '{}'; keep one: a request that "
                                               "may match either needs two entries of 'match'",
                                               name, given->key, entry.key));
      return given;
    }
    given = &entry;
    if (entry.key == "regex") CheckExpression(entry.value, name, problems);
  }
  return given;
}

void ReadUri(const YamlNode& uri, RouteMatch* match, Problems* problems) {
  const YamlNode::Entry* condition = OneCondition(uri, "uri", problems);
  if (condition == nullptr) return;
  match->path.value = condition->value.text;
  if (condition->key == "exact") match->path.kind = PathMatch::Kind::kExact;
  if (condition->key == "prefix") match->path.kind = PathMatch::Kind::kPrefix;
  if (condition->key == "regex") match->path.kind = PathMatch::Kind::kRegex;
}

void ReadMethod(const YamlNode& method, RouteMatch* match, Problems* problems) {
  const YamlNode::Entry* condition = OneCondition(method, "method", problems);
  if (condition == nullptr) return;
  if (condition->key == "exact") {
    match->method = condition->value.text;
  } else {
    match->further.emplace_back("method");
  }
}

RouteMatch ReadMatch(const YamlNode& node, Problems* problems) {
  RouteMatch match;
  match.place = node.place;
  for (const YamlNode::Entry& entry : node.entries) {
    const std::string name = JsonName(entry.key);
    if (entry.value.IsNull() || name == "name" || name == "statPrefix") continue;
    if (name == "uri") {
      ReadUri(entry.value, &match, problems);
    } else if (name == "method") {
      ReadMethod(entry.value, &match, problems);
    } else if (name == "authority" || name == "scheme") {
      if (OneCondition(entry.value, name, problems) != nullptr) match.further.push_back(name);
    } else if (name != "ignoreUriCase" || entry.value.text == "true") {
      match.further.push_back(name);
    }
    for (const YamlNode::Entry& value : entry.value.entries) {
      if (name == "headers" || name == "queryParams" || name == "withoutHeaders") {
        OneCondition(value.value, value.key, problems);
      }
    }
  }
  return match;
}

RouteRewrite ReadRewrite(const YamlNode& node, Problems* problems) {
  RouteRewrite rewrite;
  rewrite.place = node.place;
  rewrite.authority = TextOf(node, "authority");
  const YamlNode* uri = FieldOf(node, "uri");
  const YamlNode* regex = FieldOf(node, "uriRegexRewrite");
  if (uri != nullptr && regex != nullptr) {
    problems->Error(regex->place, "'uri' and 'uriRegexRewrite' rewrite the same path; keep one");
  }
  if (uri != nullptr) {
    rewrite.kind = RouteRewrite::Kind::kUri;
    rewrite.to = uri->text;
  } else if (regex != nullptr) {
    rewrite.kind = RouteRewrite::Kind::kUriRegex;
    rewrite.expression = TextOf(*regex, "match");
    rewrite.to = TextOf(*regex, "rewrite");
    if (const YamlNode* match = FieldOf(*regex, "match")) {
      CheckExpression(*match, "uriRegexRewrite.match", problems);
    }
  } else if (rewrite.authority.empty()) {
    problems->Error(node.place, "'rewrite' needs 'uri', 'uriRegexRewrite' or 'authority'");
  }
  return rewrite;
}

std::vector<Destination> ReadDestinations(const YamlNode& http, Problems* problems) {
  std::vector<Destination> destinations;
  const std::vector<const YamlNode*> entries = MapsOf(http, "route");
  double total = 0;
  for (const YamlNode* entry : entries) {
    const YamlNode* to = FieldOf(*entry, "destination");
    if (to == nullptr) continue;
    destinations.push_back(ReadDestination(*to));
    destinations.back().weight =
        NumberOf(*entry, "weight", 0, kMostCount).value_or(entries.size() == 1 ? 100 : 0);
    total += destinations.back().weight;
  }
  if (entries.size() > 1 && total == 0) {
    problems->Error(FieldOf(http, "route")->place,
                    "the weights of 'route' add up to 0; give each destination its 'weight'");
  }
  return destinations;
}

// mirrorPercentage.value, else mirrorPercent in either spelling, else all (Istio's order).
void ReadMirrorPercent(const YamlNode& http, Mirror* mirror, Problems* problems) {
  const YamlNode::Entry* percentage = EntryOf(http, "mirrorPercentage");
  const YamlNode::Entry* percent = EntryOf(http, "mirrorPercent");
  if (percentage != nullptr) {
    mirror->percent = NumberOf(percentage->value, "value", 0, 100).value_or(0);
    mirror->spelling = percentage->key + ".value";
    mirror->percent_place = percentage->place;
    if (percent != nullptr) {
      problems->Warn(percent->place, fmt::format("'{}' is ignored beside '{}'; leave it out",
                                                 percent->key, percentage->key));
    }
  } else if (percent != nullptr) {
    mirror->percent = NumberOf(http, "mirrorPercent", 0, 100).value_or(100);
    mirror->spelling = percent->key;
    mirror->percent_place = percent->place;
  }
}

// An empty percentage reads as 0: Istio takes a missing value for 0.
void WarnOfEmptyPercentage(const YamlNode::Entry* percentage, Problems* problems) {
  if (percentage == nullptr || !percentage->value.IsMap()) return;
  if (FieldOf(percentage->value, "value") != nullptr) return;
  problems->Warn(percentage->place,
                 fmt::format("'{}' without 'value' means 0: nothing is mirrored; write "
                             "{{value: 100}} or less",
                             percentage->key));
}

Mirror ReadMirrorsItem(const YamlNode& item, Problems* problems) {
  Mirror mirror;
  mirror.place = item.place;
  mirror.field = "mirrors";
  if (const YamlNode* to = FieldOf(item, "destination")) mirror.to = ReadDestination(*to);
  if (const YamlNode::Entry* percentage = EntryOf(item, "percentage")) {
    WarnOfEmptyPercentage(percentage, problems);
    mirror.percent = NumberOf(percentage->value, "value", 0, 100).value_or(0);
    mirror.spelling = "mirrors[].percentage";
    mirror.percent_place = percentage->place;
  }
  return mirror;
}

std::vector<Mirror> ReadMirrors(const YamlNode& http, Problems* problems) {
  std::vector<Mirror> mirrors;
  const YamlNode::Entry* single = EntryOf(http, "mirror");
  const YamlNode::Entry* several = EntryOf(http, "mirrors");
  if (single != nullptr && several != nullptr && !several->value.items.empty()) {
    problems->Error(several->place,
                    "'mirror' and 'mirrors' on one route: Istio refuses that; put all of them "
                    "into 'mirrors'");
  }
  WarnOfEmptyPercentage(EntryOf(http, "mirrorPercentage"), problems);
  if (single != nullptr) {
    Mirror mirror;
    mirror.place = single->place;
    mirror.field = "mirror";
    mirror.to = ReadDestination(single->value);
    ReadMirrorPercent(http, &mirror, problems);
    mirrors.push_back(std::move(mirror));
  } else {
    for (const char* name : {"mirrorPercentage", "mirrorPercent"}) {
      const YamlNode::Entry* percent = EntryOf(http, name);
      if (percent == nullptr) continue;
      problems->Warn(percent->place,
                     fmt::format("'{}' without 'mirror' has no effect{}", percent->key,
                                 several == nullptr ? "" : "; 'mirrors' has its own percentage"));
    }
  }
  for (const YamlNode* item : MapsOf(http, "mirrors")) {
    mirrors.push_back(ReadMirrorsItem(*item, problems));
  }
  return mirrors;
}

// What becomes of a request: exactly one thing may.
void CheckAction(const YamlNode& http, Problems* problems) {
  const YamlNode::Entry* given = nullptr;
  for (const char* name : {"route", "redirect", "directResponse", "delegate"}) {
    const YamlNode::Entry* entry = EntryOf(http, name);
    if (entry == nullptr) continue;
    if (given != nullptr) {
      problems->Error(entry->place, fmt::format("'{}' beside '{}'; a route does one of them",
                                                entry->key, given->key));
    }
    given = entry;
  }
  if (given == nullptr) {
    problems->Error(http.place,
                    "a route needs one of: 'route', 'redirect', 'directResponse', 'delegate'");
    return;
  }
  for (const char* name : {"mirror", "mirrors"}) {
    const YamlNode::Entry* mirror = EntryOf(http, name);
    if (mirror == nullptr || given->key == "route") continue;
    problems->Error(mirror->place, fmt::format("'{}' on a route that has '{}': only requests "
                                               "that are sent on are mirrored",
                                               mirror->key, given->key));
  }
}

Route ReadHttp(const YamlNode& http, Problems* problems) {
  Route route;
  route.place = http.place;
  route.name = TextOf(http, "name");
  for (const YamlNode* match : MapsOf(http, "match")) {
    route.matches.push_back(ReadMatch(*match, problems));
  }
  if (const YamlNode* rewrite = FieldOf(http, "rewrite")) {
    route.rewrite = ReadRewrite(*rewrite, problems);
  }
  route.destinations = ReadDestinations(http, problems);
  route.mirrors = ReadMirrors(http, problems);
  CheckAction(http, problems);
  return route;
}

}  // namespace

void ReadVirtualService(const ObjectName& name, const YamlNode& object, Mesh* mesh,
                        Problems* problems) {
  const YamlNode* spec = CheckedSpec(object, VirtualServiceSpecShape(), problems);
  if (spec == nullptr) return;
  const YamlNode* http = FieldOf(*spec, "http");
  if (http == nullptr) return;
  size_t number = 0;
  for (const YamlNode& item : http->items) {
    const size_t position = number++;
    if (!item.IsMap()) continue;
    Route route = ReadHttp(item, problems);
    route.object = name;
    route.pointer = fmt::format("/spec/http/{}", position);
    route.hosts = TextsOf(*spec, "hosts");
    route.gateways = TextsOf(*spec, "gateways");
    mesh->routes.push_back(std::move(route));
  }
}

}  // namespace shadowreel
