#include "scenarios/emit/emit.h"

#include <cmath>
#include <cstdint>

#include "base/flags.h"
#include "base/status.h"
#include "base/units.h"
#include "scenarios/emit/http_route_patch.h"
#include "scenarios/emit/instructions.h"
#include "scenarios/emit/kubernetes_names.h"
#include "scenarios/emit/mesh_objects.h"
#include "scenarios/emit/nginx_mirror.h"
#include "scenarios/emit/recorder_objects.h"
#include "scenarios/emit/recorder_place.h"
#include "scenarios/emit/route_choice.h"
#include "scenarios/emit/virtual_service_patch.h"
#include "scenarios/manifests/lint.h"

namespace shadowreel {
namespace {

using Files = std::vector<EmittedFile>;

constexpr uint16_t kRecorderPort = 9000;
// A port that is taken for HTTPS must not become one of HTTP as well: the mesh would listen there.
constexpr uint16_t kOriginationPort = 80;

absl::StatusOr<double> PercentOf(const EmitOptions& options) {
  if (options.percent.empty()) {
    return UsageError("--percent=0 to 100 is needed: a mirror without one copies every request");
  }
  absl::StatusOr<double> percent = ParsePercent(options.percent);
  if (!percent.ok()) return FlagError("percent", percent.status());
  // Envoy draws out of a million at most.
  const double parts = *percent * 10'000;
  if (std::abs(parts - std::round(parts)) > 1e-6) {
    return UsageError("--percent={}: proxies know four decimals", options.percent);
  }
  return percent;
}

// Whether this Istio takes mirrors[]; a version that is not said is none of the old ones.
absl::StatusOr<bool> HasMirrorsList(const std::string& text) {
  if (text.empty()) return true;
  const absl::StatusOr<IstioVersion> version = ParseIstioVersion(text);
  if (!version.ok()) return FlagError("istio_version", version.status());
  if (*version < IstioVersion{1, 5}) {
    return UsageError("--istio_version={}: from 1.5 on there is mirrorPercentage", text);
  }
  return *version >= IstioVersion{1, 19};
}

RecorderPlace InCluster(const EmitOptions& options, const ObjectName& object) {
  RecorderPlace place;
  place.name = options.name;
  place.name_space = options.name_space.empty() ? object.name_space : options.name_space;
  place.host = fmt::format("{}.{}.svc.cluster.local", place.name, place.name_space);
  place.port = kRecorderPort;
  place.h2c = options.h2c;
  return place;
}

absl::StatusOr<RecorderPlace> Outside(const EmitOptions& options, const ObjectName& object) {
  ASSIGN_OR_RETURN(const NamedAddress where, ParseHostPort("recorder", options.recorder));
  const bool by_address = IsIpv4(where.host);
  if (by_address && options.recorder_tls) {
    return UsageError("--recorder={}: --recorder_tls needs a DNS name, for its certificate",
                      options.recorder);
  }
  RecorderPlace place = InCluster(options, object);
  place.outside = true;
  place.tls = options.recorder_tls;
  place.address = where.host;
  place.address_port = where.port;
  // An address is no host of a ServiceEntry; `.internal` is nobody's domain.
  place.host = by_address ? place.name + ".internal" : where.host;
  place.port = place.tls ? kOriginationPort : where.port;
  return place;
}

absl::StatusOr<RecorderPlace> PlaceOf(const EmitOptions& options, const ObjectName& object) {
  RETURN_IF_ERROR(CheckObjectName("name", options.name));
  if (!options.name_space.empty()) RETURN_IF_ERROR(CheckNamespace("namespace", options.name_space));
  if (!options.recorder.empty()) return Outside(options, object);
  if (options.recorder_tls) {
    return UsageError(
        "--recorder_tls is of a recorder outside of the cluster: --recorder=HOST:PORT");
  }
  RETURN_IF_ERROR(CheckImage("image", options.image));
  return InCluster(options, object);
}

absl::StatusOr<std::string> InClusterYaml(const EmitOptions& options, const RecorderPlace& place,
                                          double percent) {
  return RecorderObjectsYaml({place, options.image, percent, options.capture});
}

absl::StatusOr<Files> EmitIstio(const EmitOptions& options, const Mesh& mesh, double percent) {
  ASSIGN_OR_RETURN(const bool mirrors_list, HasMirrorsList(options.istio_version));
  ASSIGN_OR_RETURN(const ChosenRoutes chosen,
                   ChooseRoutes(mesh, "VirtualService", options.route, options.host));
  ASSIGN_OR_RETURN(const RecorderPlace place, PlaceOf(options, chosen.object));
  ASSIGN_OR_RETURN(const PatchPair patches,
                   PatchVirtualService(chosen, place, percent, mirrors_list));
  const std::string& version = chosen.object.api_version;
  std::string recorder;
  if (place.outside) {
    recorder = RecorderEntryYaml(place, version);
  } else {
    ASSIGN_OR_RETURN(recorder, InClusterYaml(options, place, percent));
  }
  recorder += "---\n" + RecorderRuleYaml(place, version);
  return Files{{"recorder.yaml", recorder},
               {"mirror.add.json", patches.add.Text()},
               {"mirror.remove.json", patches.remove.Text()},
               {"README.txt", IstioInstructions(chosen, place, percent)}};
}

absl::StatusOr<Files> EmitGateway(const EmitOptions& options, const Mesh& mesh, double percent) {
  ASSIGN_OR_RETURN(const ChosenRoutes chosen,
                   ChooseRoutes(mesh, "HTTPRoute", options.route, options.host));
  ASSIGN_OR_RETURN(const RecorderPlace place, PlaceOf(options, chosen.object));
  ASSIGN_OR_RETURN(const PatchPair patches, PatchHttpRoute(chosen, place, percent));
  ASSIGN_OR_RETURN(std::string recorder, InClusterYaml(options, place, percent));
  if (place.name_space != chosen.object.name_space) {
    recorder += "---\n" + ReferenceGrantYaml(place, chosen.object.name_space);
  }
  return Files{{"recorder.yaml", recorder},
               {"mirror.add.json", patches.add.Text()},
               {"mirror.remove.json", patches.remove.Text()},
               {"README.txt", GatewayInstructions(chosen, place, percent)}};
}

absl::StatusOr<Files> EmitNginx(const EmitOptions& options, double percent) {
  if (options.recorder.empty()) {
    return UsageError("--recorder=HOST:PORT is needed: where nginx sends the copies");
  }
  NginxMirror mirror;
  ASSIGN_OR_RETURN(mirror.recorder, ParseHostPort("recorder", options.recorder));
  ASSIGN_OR_RETURN(mirror.backup, ParseHostPort("backup", options.backup));
  mirror.percent = percent;
  ASSIGN_OR_RETURN(const NginxParts parts, NginxMirrorParts(mirror));
  return Files{{"nginx.http.conf", parts.http},
               {"nginx.server.conf", parts.server},
               {"nginx.server.off.conf", parts.off},
               {"README.txt", NginxInstructions(percent)}};
}

}  // namespace

absl::StatusOr<Files> Emit(const EmitOptions& options, const Mesh& mesh) {
  const bool known =
      options.kind == "istio" || options.kind == "gateway" || options.kind == "nginx";
  if (!known) return UsageError("--kind={}: istio, gateway or nginx", options.kind);
  ASSIGN_OR_RETURN(const double percent, PercentOf(options));
  if (options.kind == "istio") return EmitIstio(options, mesh, percent);
  if (options.kind == "gateway") return EmitGateway(options, mesh, percent);
  return EmitNginx(options, percent);
}

}  // namespace shadowreel
