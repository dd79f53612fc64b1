#include "scenarios/emit/virtual_service_patch.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "scenarios/emit/percent_json.h"
#include "scenarios/manifests/host_names.h"

namespace shadowreel {
namespace {

// In the order of Istio's precedence.
constexpr const char* kPercentKeys[] = {"mirrorPercentage", "mirrorPercent", "mirror_percent"};

const Json* FindKey(const Json& map, const char* key) {
  if (!map.is_object()) return nullptr;
  const auto found = map.find(key);
  return found == map.end() || found->is_null() ? nullptr : &*found;
}

bool IsRecorder(const Json& destination, const std::string& name_space,
                const RecorderPlace& recorder) {
  const Json* const host = FindKey(destination, "host");
  if (host == nullptr || !host->is_string()) return false;
  if (FullHost(host->get<std::string>(), name_space) != FullHost(recorder.host, name_space)) {
    return false;
  }
  const Json* const port = FindKey(destination, "port");
  const Json* const number = port == nullptr ? nullptr : FindKey(*port, "number");
  return number == nullptr || *number == recorder.port;
}

Json RecorderDestination(const RecorderPlace& recorder) {
  return {{"host", recorder.host}, {"port", {{"number", recorder.port}}}};
}

// One route's part of both patches.
class RoutePatch {
 public:
  RoutePatch(const ChosenRoute& chosen, const ObjectName& object, const RecorderPlace& recorder,
             double percent)
      : pointer_(chosen.pointer),
        route_(chosen.route),
        object_(object),
        recorder_(recorder),
        percent_({{"value", PercentJson(percent)}}) {}

  absl::Status Append(bool mirrors_list, PatchPair* patches) {
    RETURN_IF_ERROR(CheckMirrors());
    patches->add.Test(pointer_, route_);
    const bool has_mirrors = !Mirrors().empty();
    if (!mirrors_list && (FindKey(route_, "mirror") != nullptr || has_mirrors)) {
      return UsageError(
          "{} of {} has a mirror, and Istio before 1.19 knows one a route: take it "
          "away first, or say --istio_version=1.19 when yours is that or later",
          pointer_, object_.Text());
    }
    if (!mirrors_list) {
      AddMirror(patches);
    } else if (FindKey(route_, "mirror") != nullptr) {
      MoveToMirrors(patches);
    } else {
      AppendToMirrors(patches);
    }
    return absl::OkStatus();
  }

 private:
  Json Mirrors() const {
    const Json* const mirrors = FindKey(route_, "mirrors");
    return mirrors != nullptr && mirrors->is_array() ? *mirrors : Json::array();
  }

  absl::Status CheckMirrors() const {
    const Json* const mirror = FindKey(route_, "mirror");
    const Json mirrors = Mirrors();
    if (mirror != nullptr && !mirrors.empty()) {
      return UsageError(
          "{} of {} has mirror and mirrors, and Istio takes never both: mend it first", pointer_,
          object_.Text());
    }
    bool is_there = mirror != nullptr && IsRecorder(*mirror, object_.name_space, recorder_);
    for (const Json& one : mirrors) {
      const Json* const destination = FindKey(one, "destination");
      is_there |= destination != nullptr && IsRecorder(*destination, object_.name_space, recorder_);
    }
    if (!is_there) return absl::OkStatus();
    return UsageError("{} of {} mirrors to {}:{} already: emit from the manifest without it",
                      pointer_, object_.Text(), recorder_.host, recorder_.port);
  }

  void AddMirror(PatchPair* patches) const {
    const Json destination = RecorderDestination(recorder_);
    patches->add.Add(pointer_ + "/mirror", destination);
    patches->add.Add(pointer_ + "/mirrorPercentage", percent_);
    patches->remove.Test(pointer_ + "/mirror", destination);
    patches->remove.Remove(pointer_ + "/mirror");
    RestoreOrRemove("mirrorPercentage", &patches->remove);
  }

  void AppendToMirrors(PatchPair* patches) const {
    const Json ours = {{"destination", RecorderDestination(recorder_)}, {"percentage", percent_}};
    const std::string path = pointer_ + "/mirrors";
    const size_t count = Mirrors().size();
    const std::string our_path = fmt::format("{}/{}", path, count);
    if (count > 0) {
      patches->add.Add(our_path, ours);
      patches->remove.Test(our_path + "/destination", ours["destination"]);
      patches->remove.Remove(our_path);
      return;
    }
    patches->add.Add(path, Json::array({ours}));
    // Whole: a mirror that was added behind ours must not go with it.
    patches->remove.Test(path, Json::array({ours}));
    RestoreOrRemove("mirrors", &patches->remove);
  }

  void MoveToMirrors(PatchPair* patches) const {
    Json moved = {{"destination", route_["mirror"]}};
    for (const char* key : kPercentKeys) {
      const Json* const percent = FindKey(route_, key);
      if (percent == nullptr) continue;
      moved["percentage"] = percent->is_object() ? *percent : Json{{"value", *percent}};
      break;
    }
    const Json ours = {{"destination", RecorderDestination(recorder_)}, {"percentage", percent_}};
    const std::string path = pointer_ + "/mirrors";
    patches->remove.Test(path, Json::array({moved, ours}));
    patches->remove.Remove(path);
    patches->add.Remove(pointer_ + "/mirror");
    patches->remove.Add(pointer_ + "/mirror", route_["mirror"]);
    for (const char* key : kPercentKeys) {
      const auto percent = route_.find(key);
      if (percent == route_.end()) continue;
      patches->add.Remove(pointer_ + "/" + key);
      patches->remove.Add(pointer_ + "/" + key, *percent);
    }
    patches->add.Add(path, Json::array({std::move(moved), ours}));
  }

  void RestoreOrRemove(const char* key, JsonPatch* patch) const {
    const auto old = route_.find(key);
    const std::string path = pointer_ + "/" + key;
    if (old == route_.end()) {
      patch->Remove(path);
    } else {
      patch->Add(path, *old);
    }
  }

  const std::string& pointer_;
  const Json& route_;
  const ObjectName& object_;
  const RecorderPlace& recorder_;
  const Json percent_;
};

}  // namespace

absl::StatusOr<PatchPair> PatchVirtualService(const ChosenRoutes& chosen,
                                              const RecorderPlace& recorder, double percent,
                                              bool mirrors_list) {
  PatchPair patches;
  for (JsonPatch* patch : {&patches.add, &patches.remove}) {
    patch->Test("/kind", chosen.object.kind);
    patch->Test("/metadata/name", chosen.object.name);
  }
  for (const ChosenRoute& route : chosen.routes) {
    RETURN_IF_ERROR(
        RoutePatch(route, chosen.object, recorder, percent).Append(mirrors_list, &patches));
  }
  return patches;
}

}  // namespace shadowreel
