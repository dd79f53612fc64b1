#include "scenarios/manifests/route_rewrites.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "net/http/authority.h"
#include "net/http/fields.h"
#include "scenarios/manifests/addressed_host.h"
#include "scenarios/manifests/host_names.h"

namespace shadowreel {
namespace {

// Where the path of a request target begins: behind the authority of an absolute one.
size_t PathBegin(std::string_view target) {
  const auto authority = AuthorityOfTarget(target);
  if (!authority) return 0;
  return static_cast<size_t>(authority->data() + authority->size() - target.data());
}

// Routes look at paths without their query.
std::string_view WithoutQuery(std::string_view path) { return path.substr(0, path.find('?')); }

std::string_view QueryOf(std::string_view path) {
  return path.substr(std::min(path.find('?'), path.size()));
}

std::string_view HostOf(const Record& record) {
  return SplitHostPort(record.stripped_authority).host;
}

// `method` is a route's; empty takes any.
bool TakesMethod(const std::string& method, const Record& record) {
  return method.empty() || method == record.method;
}

bool IsPattern(std::string_view host) { return host.find('*') != std::string_view::npos; }

// How near `pattern`, a host of a route, is to `host`: 0 when it does not fit.
size_t Nearness(const std::string& pattern, const std::string& name_space, std::string_view host) {
  constexpr size_t kSame = SIZE_MAX;
  if (!IsPattern(pattern)) return MayMean(host, FullHost(pattern, name_space)) ? kSame : 0;
  const std::string_view suffix = std::string_view(pattern).substr(1);  // ".example" of *.example
  if (host.size() <= suffix.size() && !suffix.empty()) return 0;
  return EqualsIgnoreCase(host.substr(host.size() - suffix.size()), suffix) ? pattern.size() : 0;
}

bool HasHost(std::string_view authority, std::string_view host) {
  return !authority.empty() && EqualsIgnoreCase(SplitHostPort(authority).host, host);
}

void SetAuthority(const std::string& authority, Record* record) {
  record->authority = authority;
  record->stripped_authority = authority;
  for (size_t i = 0; i < record->headers.size(); ++i) {
    if (EqualsIgnoreCase(record->headers[i].name, "host")) record->headers.SetValue(i, authority);
  }
}

// How much of a request a route with one match asks for.
std::tuple<bool, size_t, bool> Precedence(const Route& route) {
  if (route.matches.empty()) return {false, 0, false};
  const RouteMatch& match = route.matches[0];
  return {match.path.kind == PathMatch::Kind::kExact, match.path.value.size(),
          !match.method.empty()};
}

// Istio takes the first route as written; the Gateway API the match that asks for most: an exact
// path, then a longer one, then one with a method (HTTPRouteRule.matches).
std::vector<Route> InOrder(const Mesh& mesh) {
  std::vector<Route> routes;
  std::vector<Route> sorted;
  for (const Route& route : mesh.routes) {
    if (route.object.kind != "HTTPRoute" || route.matches.empty()) {
      (route.object.kind == "HTTPRoute" ? sorted : routes).push_back(route);
      continue;
    }
    for (const RouteMatch& match : route.matches) {
      sorted.push_back(route);
      sorted.back().matches = {match};
    }
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Route& a, const Route& b) { return Precedence(a) > Precedence(b); });
  routes.insert(routes.end(), sorted.begin(), sorted.end());
  return routes;
}

}  // namespace

absl::StatusOr<RouteRewrites::Entry> RouteRewrites::EntryOf(const Route& route,
                                                            std::vector<std::string>* notes) {
  Entry entry;
  entry.hosts = route.hosts.empty() ? std::vector<std::string>{"*"} : route.hosts;
  entry.name_space = route.object.name_space;
  entry.authority = route.rewrite.authority;
  std::vector<RouteMatch> matches = route.matches;
  if (matches.empty())
    matches.push_back({.path = {}, .method = "", .further = {}, .place = route.place});
  for (const RouteMatch& match : matches) {
    auto path = RoutePath::Create(match.path, route.rewrite);
    if (!path.ok()) return UsageError("{}: {}", match.place.Text(), Message(path.status()));
    entry.branches.push_back({*std::move(path), match.method});
    if (match.further.empty()) continue;
    notes->push_back(fmt::format("{}: the match's {} are not looked at; they count as met",
                                 match.place.Text(), fmt::join(match.further, ", ")));
  }
  return entry;
}

absl::StatusOr<RouteRewrites> RouteRewrites::Create(const Mesh& mesh, RewriteDirection direction,
                                                    std::vector<std::string>* notes) {
  if (mesh.routes.empty()) {
    return UsageError("no route among the manifests: add the VirtualService or HTTPRoute");
  }
  const bool any_mirror = std::any_of(mesh.routes.begin(), mesh.routes.end(),
                                      [](const Route& route) { return !route.mirrors.empty(); });
  RouteRewrites rewrites;
  rewrites.direction_ = direction;
  for (const Route& route : InOrder(mesh)) {
    ASSIGN_OR_RETURN(Entry entry, EntryOf(route, notes));
    entry.counts = !any_mirror || !route.mirrors.empty();
    rewrites.entries_.push_back(std::move(entry));
  }
  return rewrites;
}

std::vector<const RouteRewrites::Entry*> RouteRewrites::NearestTo(const Record& record) const {
  const std::string_view host = HostOf(record);
  std::vector<const Entry*> nearest;
  size_t best = 1;
  for (const Entry& entry : entries_) {
    size_t nearness = 0;
    for (const std::string& pattern : entry.hosts) {
      nearness = std::max(nearness, Nearness(pattern, entry.name_space, host));
    }
    // The mirror's copy has the new Host.
    if (direction_ == RewriteDirection::kUndo && HasHost(entry.authority, host)) {
      nearness = SIZE_MAX;
    }
    if (nearness < best) continue;
    if (nearness > best) nearest.clear();
    best = nearness;
    nearest.push_back(&entry);
  }
  return nearest;
}

std::optional<RouteRewrites::Fit> RouteRewrites::FirstThatMatches(const Record& record,
                                                                  std::string_view path) const {
  for (const Entry* entry : NearestTo(record)) {
    for (const Branch& branch : entry->branches) {
      if (!TakesMethod(branch.method, record)) continue;
      if (branch.path.Matches(WithoutQuery(path))) return Fit{entry, &branch};
    }
  }
  return std::nullopt;
}

std::optional<RouteRewrites::Rewritten> RouteRewrites::Apply(const Record& record,
                                                             std::string_view path) const {
  const std::optional<Fit> fit = FirstThatMatches(record, path);
  if (!fit || !fit->entry->counts) return std::nullopt;
  return Rewritten{fit->branch->path.Apply(WithoutQuery(path)).append(QueryOf(path)),
                   fit->entry->authority};
}

std::optional<RouteRewrites::Rewritten> RouteRewrites::Undo(const Record& record,
                                                            std::string_view path) const {
  const auto client_host = [&](const Entry& entry) -> std::string {
    const bool told = HasHost(entry.authority, HostOf(record)) && entry.hosts.size() == 1 &&
                      !IsPattern(entry.hosts[0]);
    return told ? entry.hosts[0] : "";
  };
  const auto original = record.headers.Find("x-envoy-original-path");
  if (original && original->starts_with('/')) {
    const std::optional<Fit> fit = FirstThatMatches(record, *original);
    return Rewritten{std::string(*original), fit ? client_host(*fit->entry) : ""};
  }
  for (const Entry* entry : NearestTo(record)) {
    for (const Branch& branch : entry->branches) {
      if (!entry->counts || !TakesMethod(branch.method, record)) continue;
      if (auto undone = branch.path.Undo(WithoutQuery(path))) {
        return Rewritten{undone->append(QueryOf(path)), client_host(*entry)};
      }
    }
  }
  return std::nullopt;
}

bool RouteRewrites::Rewrite(Record* record) const {
  const size_t begin = PathBegin(record->target);
  const std::string_view path = std::string_view(record->target).substr(begin);
  if (!path.starts_with('/')) return false;
  const std::optional<Rewritten> rewritten =
      direction_ == RewriteDirection::kApply ? Apply(*record, path) : Undo(*record, path);
  if (!rewritten || !rewritten->path.starts_with('/')) return false;
  record->target.replace(begin, std::string::npos, rewritten->path);
  if (!rewritten->authority.empty()) SetAuthority(rewritten->authority, record);
  return true;
}

}  // namespace shadowreel
