#include "replayer/options/manifests.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/say.h"
#include "base/status.h"
#include "base/terminal_text.h"
#include "net/transport/target_url.h"
#include "replayer/options/flag_values.h"
#include "scenarios/manifests/load_mesh.h"
#include "scenarios/manifests/route_rewrites.h"
#include "scenarios/manifests/subset_endpoints.h"

namespace shadowreel {
namespace {

void SayAll(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) {
    Say(stderr, "replayer: {}\n", WithoutControls(note));
  }
}

absl::Status TakeSubset(const Mesh& mesh, ReplayOptions* options) {
  const std::string name = FlagText("subset");
  ASSIGN_OR_RETURN(
      const SubsetEndpoints found,
      Named("subset", FindSubsetEndpoints(mesh, options->target.host, options->target.port, name)));
  Subset subset = {.name = name,
                   .labels = found.labels,
                   .endpoints = {},
                   .has_traffic_policy = found.has_traffic_policy};
  for (const SubsetServer& server : found.servers) {
    const bool bare_ipv6 = server.address.find(':') != std::string::npos;
    const std::string host = bare_ipv6 ? "[" + server.address + "]" : server.address;
    ASSIGN_OR_RETURN(EndpointAddress endpoint,
                     Named("manifests", ParseEndpointAddress(host, server.port)));
    subset.endpoints.push_back(std::move(endpoint));
  }
  SayAll(found.notes);
  if (subset.has_traffic_policy) {
    Say(stderr, "replayer: the trafficPolicy of subset {} is not applied\n", WithoutControls(name));
  }
  options->subset = std::move(subset);
  return absl::OkStatus();
}

absl::Status TakeRouteRewrites(const Mesh& mesh, RewriteDirection direction,
                               ReplayOptions* options) {
  std::vector<std::string> notes;
  ASSIGN_OR_RETURN(RouteRewrites rewrites,
                   Named("route_rewrites", RouteRewrites::Create(mesh, direction, &notes)));
  SayAll(notes);
  options->planner.route_rewrites = std::make_shared<const RouteRewrites>(std::move(rewrites));
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadManifests(FileSystem& files, ReplayOptions* options) {
  const std::string rewrites = FlagText("route_rewrites");
  if (rewrites != "none" && rewrites != "apply" && rewrites != "undo") {
    return UsageError("--route_rewrites={}: write none, apply or undo", rewrites);
  }
  const std::vector<std::string> paths = SplitList(FlagText("manifests"));
  if (paths.empty()) {
    if (rewrites == "none") return absl::OkStatus();
    return UsageError("--route_rewrites={} needs --manifests=FILES, which have the routes",
                      rewrites);
  }
  if (FlagText("subset").empty() && rewrites == "none") {
    return UsageError(
        "--manifests={} needs --subset=NAME or --route_rewrites=undo|apply: what to take from them",
        FlagText("manifests"));
  }
  std::vector<std::string> warnings;
  ASSIGN_OR_RETURN(const Mesh mesh, LoadMesh(files, paths, &warnings));
  SayAll(warnings);
  if (!FlagText("subset").empty()) RETURN_IF_ERROR(TakeSubset(mesh, options));
  if (rewrites == "none") return absl::OkStatus();
  return TakeRouteRewrites(
      mesh, rewrites == "apply" ? RewriteDirection::kApply : RewriteDirection::kUndo, options);
}

}  // namespace shadowreel
