#include "scenarios/manifests/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/status.h"
#include "scenarios/manifests/fields.h"
#include "scenarios/manifests/host_names.h"
#include "scenarios/manifests/lint_hosts.h"

namespace shadowreel {
namespace {

constexpr IstioVersion kNoSuffixSince{1, 28};

// How the mirror's percent would be written today.
std::string PercentToday(const Mirror& mirror) {
  if (mirror.field == "requestMirror") return fmt::format("percent: {}", mirror.percent);
  const char* field = mirror.field == "mirrors" ? "percentage" : "mirrorPercentage";
  return fmt::format("{}: {{value: {}}}", field, mirror.percent);
}

void LintPercent(const Mirror& mirror, Problems* problems) {
  if (mirror.spelling.empty()) {
    problems->Warn(mirror.place, fmt::format("no percent means that every request is mirrored; "
                                             "say so with '{}', or write less",
                                             PercentToday(mirror)));
  } else if (mirror.spelling == "mirror_percent" || mirror.spelling == "mirrorPercent") {
    problems->Warn(mirror.percent_place, fmt::format("'{}' is deprecated; write '{}'",
                                                     mirror.spelling, PercentToday(mirror)));
  }
  if (!mirror.spelling.empty() && mirror.percent == 0) {
    problems->Add({mirror.percent_place, Severity::kNote, "percent 0: nothing is mirrored"});
  }
}

bool SameDestination(const ObjectName& object, const Destination& a, const Destination& b) {
  return FullHost(a.host, object.name_space) == FullHost(b.host, object.name_space) &&
         a.subset == b.subset && (!a.port || !b.port || a.port == b.port);
}

void LintMirror(const Mesh& mesh, const Route& route, const Mirror& mirror, Problems* problems) {
  LintPercent(mirror, problems);
  if (mirror.field == "mirror") {
    problems->Add({mirror.place, Severity::kNote,
                   "'mirror' takes one; 'mirrors' (Istio 1.19 and later) takes a list of "
                   "{destination, percentage}"});
  }
  LintSubset(mesh, route.object, mirror.to, problems);
  LintMirrorHost(mesh, route, mirror, problems);
  for (const Destination& destination : route.destinations) {
    if (!SameDestination(route.object, destination, mirror.to)) continue;
    problems->Warn(mirror.place,
                   "the mirror is the route's own destination: every copy is "
                   "load on what serves users; name another host or subset");
    return;
  }
}

// Whether every request that `match` takes has a path that `taker` takes, too. Simple cases alone.
bool Takes(const PathMatch& taker, const PathMatch& match) {
  if (taker.kind == PathMatch::Kind::kAny) return true;
  if (taker.kind == PathMatch::Kind::kExact) {
    return match.kind == PathMatch::Kind::kExact && match.value == taker.value;
  }
  const bool literal =
      match.kind == PathMatch::Kind::kExact || match.kind == PathMatch::Kind::kPrefix;
  if (taker.kind != PathMatch::Kind::kPrefix) return false;
  if (taker.value == "/") return true;
  return literal && match.value.rfind(taker.value, 0) == 0;
}

bool TakesAllOf(const Route& earlier, const Route& later) {
  const PathMatch any;
  const auto taken = [&earlier](const PathMatch& path) {
    return earlier.matches.empty() ||
           std::any_of(
               earlier.matches.begin(), earlier.matches.end(), [&path](const RouteMatch& match) {
                 return match.method.empty() && match.further.empty() && Takes(match.path, path);
               });
  };
  if (later.matches.empty()) return taken(any);
  return std::all_of(later.matches.begin(), later.matches.end(),
                     [&taken](const RouteMatch& match) { return taken(match.path); });
}

// The first route of a VirtualService that matches takes the request. (An HTTPRoute's rules have
// precedence by how exact they are, whatever their order.)
void LintHidden(const Mesh& mesh, const Route& route, Problems* problems) {
  if (route.mirrors.empty() || route.object.kind != "VirtualService") return;
  for (const Route& earlier : mesh.routes) {
    if (&earlier == &route) return;
    if (earlier.object.kind != route.object.kind || earlier.object.name != route.object.name ||
        earlier.object.name_space != route.object.name_space || !TakesAllOf(earlier, route)) {
      continue;
    }
    problems->Warn(route.place,
                   fmt::format("{} (line {}) takes every request of this route first: nothing is "
                               "mirrored here; put this route before it",
                               earlier.pointer, earlier.place.line));
    return;
  }
}

void LintSuffix(const Mesh& mesh, const LintOptions& options, Problems* problems) {
  for (const Route& route : mesh.routes) {
    if (route.object.kind != "VirtualService" || route.mirrors.empty()) continue;
    std::string text =
        "copies carry '-shadow' behind their Host up to Istio 1.27, and the plain Host from 1.28 "
        "on; --istio_version says which";
    if (options.istio_version) {
      const bool suffix = *options.istio_version < kNoSuffixSince;
      text =
          fmt::format("Istio {}.{} {}", options.istio_version->major, options.istio_version->minor,
                      suffix ? "puts '-shadow' behind the Host of copies"
                             : "leaves the Host of copies as it is, without '-shadow'");
    }
    problems->Add({route.mirrors.front().place, Severity::kNote, text});
    return;
  }
}

}  // namespace

absl::StatusOr<IstioVersion> ParseIstioVersion(std::string_view text) {
  std::vector<int> numbers;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (numbers.size() < 3) {
    int number = 0;
    const auto [stopped, error] = std::from_chars(at, end, number);
    if (error != std::errc() || number < 0) break;
    numbers.push_back(number);
    at = stopped;
    if (at == end || *at != '.') break;
    ++at;
  }
  if (at != end || numbers.size() < 2 || text.back() == '.') {
    return UsageError("'{}' is no version of Istio like 1.27 or 1.28.3", text);
  }
  return IstioVersion{numbers[0], numbers[1]};
}

void Lint(const Mesh& mesh, const LintOptions& options, Problems* problems) {
  for (const Route& route : mesh.routes) {
    for (const Destination& destination : route.destinations) {
      LintSubset(mesh, route.object, destination, problems);
    }
    for (const Mirror& mirror : route.mirrors) LintMirror(mesh, route, mirror, problems);
    if (route.mirrors.size() > 1) {
      problems->Add({route.mirrors[1].place, Severity::kNote,
                     fmt::format("{} mirrors on one route: each costs a copy of what it samples",
                                 route.mirrors.size())});
    }
    LintHidden(mesh, route, problems);
  }
  LintEndpoints(mesh, problems);
  LintSuffix(mesh, options, problems);
}

}  // namespace shadowreel
