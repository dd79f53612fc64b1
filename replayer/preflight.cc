#include "replayer/preflight.h"

#include <fmt/format.h>

#include <cstdio>

#include "base/say.h"
#include "base/status.h"
#include "base/units.h"
#include "replayer/plan/sidecar.h"

namespace shadowreel {
namespace {

// A request for the target's own authority goes to the target, whoever routes it; but not one that
// is meant for an endpoint.
absl::Status CheckHostRouting(const ReplayOptions& options) {
  const bool own = options.rewriter.authority == AuthorityMode::kTarget;
  if (options.allow_host_routing || (own && !options.subset.has_value())) return absl::OkStatus();
  const auto sign = SidecarSign(Environment(), ListensOnLoopback(kSidecarAdminPort));
  if (!sign) return absl::OkStatus();
  if (options.subset.has_value()) {
    return SafetyError(
        "a mesh sidecar seems to be here ({}): it routes by Host, perhaps past the subset's "
        "endpoints to production; run outside the mesh, or add --allow_host_routing when that is "
        "meant",
        *sign);
  }
  return SafetyError(
      "a mesh sidecar seems to be here ({}): it routes by Host, perhaps to production; use "
      "--authority=target, or --allow_host_routing when that is meant",
      *sign);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TraceReader>> OpenTrace(const ReplayOptions& options,
                                                       FileSystem& files) {
  std::vector<std::string> unsealed;
  ASSIGN_OR_RETURN(const std::vector<std::string> segments,
                   ListSegments(files, options.recordings, &unsealed));
  for (const std::string& path : unsealed) {
    Say(stderr,
        "replayer: {} is not sealed and is left out ('reel recover' seals what a crash left)\n",
        path);
  }
  ASSIGN_OR_RETURN(auto trace, TraceReader::Open(files, segments));
  if (trace->records() == 0) {
    return UnusableError("{}: the recording is empty", fmt::join(options.recordings, ","));
  }
  return trace;
}

AuthorityGuard GuardFor(const ReplayOptions& options) {
  AuthorityGuard guard(options.target.host, options.target.port, options.allowed_targets);
  if (!options.subset.has_value()) return guard;
  for (const EndpointAddress& endpoint : options.subset->endpoints) {
    guard.AddEndpoint(endpoint.host, endpoint.port);
  }
  return guard;
}

absl::Status CheckPlanSafety(const ReplayOptions& options, const TraceReader& trace) {
  const AuthorityGuard guard = GuardFor(options);
  for (const std::string& authority : trace.authorities()) {
    RETURN_IF_ERROR(guard.Check(authority));
  }
  return CheckHostRouting(options);
}

absl::Status CheckAddresses(const ReplayOptions& options) {
  if (!options.subset.has_value()) {
    return options.address_guard.CheckHost("target", options.target.host);
  }
  for (const EndpointAddress& endpoint : options.subset->endpoints) {
    RETURN_IF_ERROR(options.address_guard.CheckHost("endpoint", endpoint.host));
  }
  return absl::OkStatus();
}

std::optional<SubsetFacts> SubsetFactsOf(const ReplayOptions& options) {
  if (!options.subset.has_value()) return std::nullopt;
  SubsetFacts facts = {.name = options.subset->name,
                       .host = options.target.host,
                       .labels = options.subset->labels,
                       .endpoints = {}};
  for (const EndpointAddress& endpoint : options.subset->endpoints) {
    facts.endpoints.push_back(endpoint.Authority());
  }
  return facts;
}

std::string DescribeLoad(const ReplayOptions& options) {
  std::string load;
  switch (options.schedule.pacing) {
    case Pacing::kRecorded:
      load = fmt::format("speed {}", options.schedule.speed);
      break;
    case Pacing::kRate:
      load = fmt::format("rate {}/s", options.schedule.rate);
      break;
    case Pacing::kClosedLoop:
      load = fmt::format("rate max, {} in flight", options.run.max_in_flight);
      break;
  }
  const double percent = options.planner.percent;
  if (percent < 100) load += fmt::format(", percent {}", percent);
  if (options.schedule.duration) {
    load += fmt::format(", at most {}", FormatDuration(*options.schedule.duration));
  }
  return load;
}

void NoteUnrouted(uint64_t unrouted, uint64_t planned) {
  if (unrouted == 0) return;
  Say(stderr, "replayer: no route of the manifests fits {} of {} requests: they stay as recorded\n",
      unrouted, planned);
}

}  // namespace shadowreel
