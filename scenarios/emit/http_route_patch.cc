#include "scenarios/emit/http_route_patch.h"

#include <string>

#include "base/status.h"
#include "scenarios/emit/percent_json.h"

namespace shadowreel {
namespace {

constexpr size_t kMostFilters = 16;  // of a rule, says the CRD

// With all that a server would fill in, so that the taking away can test it whole.
Json MirrorFilter(const RecorderPlace& recorder, double percent) {
  Json mirror = {{"backendRef",
                  {{"group", ""},
                   {"kind", "Service"},
                   {"name", recorder.name},
                   {"namespace", recorder.name_space},
                   {"port", recorder.port}}}};
  SetFilterPercent(percent, &mirror);
  return {{"type", "RequestMirror"}, {"requestMirror", mirror}};
}

std::string TextAt(const Json& map, const char* key, const std::string& standard) {
  const auto found = map.find(key);
  return found != map.end() && found->is_string() ? found->get<std::string>() : standard;
}

bool MirrorsThere(const Json& filter, const std::string& name_space,
                  const RecorderPlace& recorder) {
  const Json::json_pointer path("/requestMirror/backendRef");
  if (!filter.is_object() || !filter.contains(path)) return false;
  const Json& backend = filter.at(path);
  return backend.is_object() && TextAt(backend, "name", "") == recorder.name &&
         TextAt(backend, "namespace", name_space) == recorder.name_space;
}

void TestRule(const ChosenRoute& chosen, bool live, bool has_filters, JsonPatch* patch) {
  if (live) {
    patch->Test(chosen.pointer, chosen.route);
    return;
  }
  Json rest = chosen.route;
  rest.erase("filters");
  TestScalars(chosen.pointer, rest, patch);
  // Whole, or a second time would append a second mirror.
  if (has_filters) patch->Test(chosen.pointer + "/filters", chosen.route["filters"]);
}

absl::Status AppendRule(const ChosenRoute& chosen, const ChosenRoutes& all,
                        const RecorderPlace& recorder, double percent, PatchPair* patches) {
  const auto found = chosen.route.find("filters");
  const bool has_list = found != chosen.route.end() && found->is_array() && !found->empty();
  const Json filters = has_list ? *found : Json::array();
  for (const Json& filter : filters) {
    if (!MirrorsThere(filter, all.object.name_space, recorder)) continue;
    return UsageError(
        "{} of {} mirrors to Service {}/{} already: emit from the manifest without it",
        chosen.pointer, all.object.Text(), recorder.name_space, recorder.name);
  }
  if (filters.size() >= kMostFilters) {
    return UsageError("{} of {} has {} filters, and a rule may have no more", chosen.pointer,
                      all.object.Text(), filters.size());
  }
  TestRule(chosen, all.live, has_list, &patches->add);
  const Json ours = MirrorFilter(recorder, percent);
  const std::string path = chosen.pointer + "/filters";
  if (has_list) {
    const std::string our_path = fmt::format("{}/{}", path, filters.size());
    patches->add.Add(our_path, ours);
    patches->remove.Test(our_path, ours);
    patches->remove.Remove(our_path);
    return absl::OkStatus();
  }
  patches->add.Add(path, Json::array({ours}));
  // Whole: a filter that was added behind ours must not go with it.
  patches->remove.Test(path, Json::array({ours}));
  if (found == chosen.route.end()) {
    patches->remove.Remove(path);
  } else {
    patches->remove.Add(path, *found);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PatchPair> PatchHttpRoute(const ChosenRoutes& chosen, const RecorderPlace& recorder,
                                         double percent) {
  PatchPair patches;
  for (JsonPatch* patch : {&patches.add, &patches.remove}) {
    patch->Test("/kind", chosen.object.kind);
    patch->Test("/metadata/name", chosen.object.name);
  }
  for (const ChosenRoute& rule : chosen.routes) {
    RETURN_IF_ERROR(AppendRule(rule, chosen, recorder, percent, &patches));
  }
  return patches;
}

}  // namespace shadowreel
