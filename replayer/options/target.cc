#include "replayer/options/target.h"

#include <cstdio>

#include "base/say.h"
#include "base/status.h"
#include "replayer/options/flag_values.h"
#include "replayer/plan/subsets.h"

namespace shadowreel {

absl::Status ReadTarget(ReplayOptions* options) {
  options->recordings = SplitList(FlagText("recording"));
  if (options->recordings.empty()) return UsageError("--recording is missing: what to replay");
  if (FlagText("target").empty()) return UsageError("--target is missing: where to send");
  ASSIGN_OR_RETURN(options->target, Named("target", ParseTargetUrl(FlagText("target"))));
  options->allowed_targets = SplitList(FlagText("allow_target"));
  ASSIGN_OR_RETURN(options->address_guard,
                   Named("allow_target", AddressGuard::Create(options->allowed_targets)));
  options->allow_host_routing = FlagIsOn("allow_host_routing");
  options->ca_file = FlagText("ca_file");
  options->out = FlagText("out");
  return absl::OkStatus();
}

absl::Status ReadSubset(FileSystem& files, ReplayOptions* options) {
  if (FlagText("subset").empty() && FlagText("subsets").empty()) return absl::OkStatus();
  if (FlagText("subsets").empty()) {
    if (!FlagText("manifests").empty()) return absl::OkStatus();  // ReadManifests finds it there
    return UsageError(
        "--subset={} needs --manifests=FILES or --subsets=FILE, to name its endpoints",
        FlagText("subset"));
  }
  if (!FlagText("manifests").empty()) {
    return UsageError("--subsets and --manifests exclude each other: both say where a subset is");
  }
  if (FlagText("subset").empty()) {
    return UsageError("--subsets={} needs --subset=NAME: which of them to send to",
                      FlagText("subsets"));
  }
  ASSIGN_OR_RETURN(const std::string yaml,
                   ReadFile(files, FlagText("subsets"), kMostSubsetsFileBytes));
  ASSIGN_OR_RETURN(options->subset,
                   FindSubset(yaml, FlagText("subsets"), options->target, FlagText("subset")));
  if (options->subset->has_traffic_policy) {
    Say(stderr, "replayer: {}: the trafficPolicy of subset {} is not applied\n",
        FlagText("subsets"), FlagText("subset"));
  }
  return absl::OkStatus();
}

}  // namespace shadowreel
