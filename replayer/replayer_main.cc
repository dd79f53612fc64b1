#include <fmt/format.h>
#include <gflags/gflags.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "base/flags.h"
#include "base/posix_file_system.h"
#include "base/say.h"
#include "base/status.h"
#include "base/units.h"
#include "net/http/token.h"
#include "replayer/plan/subsets.h"
#include "replayer/replay.h"
#include "replayer/report/json_report.h"
#include "replayer/report/text_report.h"

DEFINE_string(recording, "", "what to replay: recording directories and segment files, by comma");
DEFINE_string(target, "", "where to send: http://HOST[:PORT] or https://HOST[:PORT]");
DEFINE_string(subset, "", "send to this subset of the target's host; Host stays the target's");
DEFINE_string(subsets, "", "YAML file of subsets, like DestinationRules with endpoints");
DEFINE_string(out, "", "directory for summary.json and outcomes.seg; created when missing");
DEFINE_bool(json, false, "print the summary as JSON");

DEFINE_string(speed, "1", "time factor of the recorded pace; 2 is twice as fast");
DEFINE_string(rate, "", "requests a second at an even pace, or max: as fast as the target answers");
DEFINE_string(percent, "100", "share of records to replay, 0 to 100, chosen by hash");
DEFINE_uint64(seed, 0, "another seed chooses other records");
DEFINE_string(sample_key, "record", "record, or header:NAME: keep or drop its values together");
DEFINE_string(duration, "", "end of the schedule, like 10m; later requests are not planned");

DEFINE_int32(max_in_flight, 256, "requests in flight at most; what exceeds it is shed");
DEFINE_int32(max_rate, 10000, "requests a second at most; what exceeds it is shed");
DEFINE_string(timeout, "30s", "for one request, its connection included");
DEFINE_string(drain, "10s",
              "for what is in flight at the end; then, or at a second signal, it is abandoned");
DEFINE_string(transport, "auto", "auto or curl");
DEFINE_string(ca_file, "", "PEM file of certificates to trust instead of the system's");

DEFINE_string(authority, "target", "Host to send: target, recorded, stripped, shadow, or a VALUE");
DEFINE_string(strip, "mesh", "mesh removes mesh and hop-by-hop fields; none sends all");
DEFINE_string(side_effects, "refuse", "allow sends more than GET, HEAD and OPTIONS");
DEFINE_string(marker, "x-shadowreel-run", "header that carries the run's id; empty or off: none");
DEFINE_bool(drop_conditional, false, "remove If-* fields");

DEFINE_string(allow_target, "", "targets beyond loopback that may be sent to: HOST or CIDR, ...");
DEFINE_bool(allow_host_routing, false, "let --authority differ from target beside a mesh sidecar");
DEFINE_string(stop_file, "", "stop as soon as this file exists");
DEFINE_string(breaker_errors, "50", "stop above this percent of errors within 10 s; 100: never");
DEFINE_string(breaker_latency, "0", "stop when the median of 10 s is above it; 0: never");

DEFINE_string(max_send_lag, "10ms", "a run with a p99 send lag above it is invalid");
DEFINE_string(max_denied, "20", "a run with more percent of 401, 403, 404 is invalid");

namespace shadowreel {
namespace {

Program ThisProgram() {
  return {
      .name = "replayer",
      .usage = "replayer --recording=DIR|FILE[,...] --target=URL [flags]",
      .purpose = "Sends a recording's requests to a target on schedule, and measures.",
      .groups =
          {
              {"What and where", {"recording", "target", "subset", "subsets", "out", "json"}},
              {"Load", {"speed", "rate", "percent", "seed", "sample_key", "duration"}},
              {"Sending",
               {"max_in_flight", "max_rate", "timeout", "drain", "transport", "ca_file"}},
              {"Requests", {"authority", "strip", "side_effects", "marker", "drop_conditional"}},
              {"Safety",
               {"allow_target", "allow_host_routing", "stop_file", "breaker_errors",
                "breaker_latency"}},
              {"Validity", {"max_send_lag", "max_denied"}},
          },
  };
}

// "--flag: message" in place of the message.
template <typename T>
absl::StatusOr<T> Named(const char* flag, absl::StatusOr<T> parsed) {
  if (!parsed.ok()) return FlagError(flag, parsed.status());
  return parsed;
}

absl::StatusOr<double> ParseFactor(const char* flag, const std::string& text) {
  ASSIGN_OR_RETURN(const double value, Named(flag, ParseNumber(text)));
  if (value < ScheduleOptions::kLeast || value > ScheduleOptions::kMost) {
    return UsageError("--{}={}: must be more than 0 (0.000001 to 1000000000)", flag, text);
  }
  return value;
}

std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    if (comma > begin) parts.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

// 64 random bits: enough to tell runs apart in a target's log.
std::string NewRunId() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

absl::Status ReadTarget(ReplayOptions* options) {
  options->recordings = SplitList(FLAGS_recording);
  if (options->recordings.empty()) return UsageError("--recording is missing: what to replay");
  if (FLAGS_target.empty()) return UsageError("--target is missing: where to send");
  ASSIGN_OR_RETURN(options->target, Named("target", ParseTargetUrl(FLAGS_target)));
  options->allowed_targets = SplitList(FLAGS_allow_target);
  ASSIGN_OR_RETURN(options->address_guard,
                   Named("allow_target", AddressGuard::Create(options->allowed_targets)));
  options->allow_host_routing = FLAGS_allow_host_routing;
  options->ca_file = FLAGS_ca_file;
  options->out = FLAGS_out;
  return absl::OkStatus();
}

absl::Status ReadSubset(FileSystem& files, ReplayOptions* options) {
  if (FLAGS_subset.empty() && FLAGS_subsets.empty()) return absl::OkStatus();
  if (FLAGS_subsets.empty()) {
    return UsageError("--subset={} needs --subsets=FILE, which names its endpoints", FLAGS_subset);
  }
  if (FLAGS_subset.empty()) {
    return UsageError("--subsets={} needs --subset=NAME: which of them to send to", FLAGS_subsets);
  }
  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(files, FLAGS_subsets, kMostSubsetsFileBytes));
  ASSIGN_OR_RETURN(options->subset, FindSubset(yaml, FLAGS_subsets, options->target, FLAGS_subset));
  if (options->subset->has_traffic_policy) {
    Say(stderr, "replayer: {}: the trafficPolicy of subset {} is not applied\n", FLAGS_subsets,
        FLAGS_subset);
  }
  return absl::OkStatus();
}

absl::Status ReadSchedule(ReplayOptions* options) {
  ScheduleOptions& schedule = options->schedule;
  if (FlagWasSet("speed") && !FLAGS_rate.empty()) {
    return UsageError(
        "--speed and --rate exclude each other: one scales the recorded pace, the "
        "other replaces it");
  }
  ASSIGN_OR_RETURN(schedule.speed, ParseFactor("speed", FLAGS_speed));
  if (FLAGS_rate == "max") {
    schedule.pacing = Pacing::kClosedLoop;
  } else if (!FLAGS_rate.empty()) {
    schedule.pacing = Pacing::kRate;
    ASSIGN_OR_RETURN(schedule.rate, ParseFactor("rate", FLAGS_rate));
  }
  if (schedule.pacing == Pacing::kRate && schedule.rate > FLAGS_max_rate) {
    return UsageError("--rate={} is above --max_rate={}; raise that, too", FLAGS_rate,
                      FLAGS_max_rate);
  }
  if (!FLAGS_duration.empty()) {
    if (schedule.pacing == Pacing::kClosedLoop) {
      return UsageError("--duration ends a schedule, and --rate=max has none");
    }
    ASSIGN_OR_RETURN(schedule.duration, Named("duration", ParseDuration(FLAGS_duration)));
  }
  return absl::OkStatus();
}

absl::Status ReadSampling(PlannerOptions* planner) {
  ASSIGN_OR_RETURN(planner->percent, Named("percent", ParsePercent(FLAGS_percent)));
  planner->seed = FLAGS_seed;
  constexpr std::string_view kHeader = "header:";
  if (FLAGS_sample_key.starts_with(kHeader)) {
    planner->sample_header = FLAGS_sample_key.substr(kHeader.size());
  }
  if (FLAGS_sample_key != "record" && !IsToken(planner->sample_header)) {
    return UsageError("--sample_key={}: write record or header:NAME", FLAGS_sample_key);
  }
  return absl::OkStatus();
}

absl::Status ReadSending(ReplayOptions* options) {
  RunOptions& run = options->run;
  run.closed_loop = options->schedule.pacing == Pacing::kClosedLoop;
  if (FLAGS_max_in_flight < 1) return UsageError("--max_in_flight must be at least 1");
  if (FLAGS_max_rate < 1) return UsageError("--max_rate must be at least 1");
  run.max_in_flight = static_cast<size_t>(FLAGS_max_in_flight);
  run.max_rate = static_cast<uint64_t>(FLAGS_max_rate);
  ASSIGN_OR_RETURN(const Nanos timeout, Named("timeout", ParseDuration(FLAGS_timeout)));
  options->request_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
  if (options->request_timeout < std::chrono::milliseconds(1)) {
    return UsageError("--timeout must be at least 1ms");
  }
  ASSIGN_OR_RETURN(run.drain_timeout, Named("drain", ParseDuration(FLAGS_drain)));
  if (FLAGS_transport == "nghttp2" || FLAGS_transport == "wire") {
    return UsageError("--transport={}: not in this release; use curl", FLAGS_transport);
  }
  if (FLAGS_transport != "auto" && FLAGS_transport != "curl") {
    return UsageError("--transport={}: write auto or curl", FLAGS_transport);
  }
  return absl::OkStatus();
}

// A literal authority stands in a header and in absolute targets: printable, and no delimiter.
bool IsAuthority(const std::string& value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c <= '~' && std::string_view("/?#@\\\"<>").find(c) == std::string_view::npos;
  });
}

absl::Status ReadAuthority(RewriterOptions* rewriter) {
  if (FLAGS_authority == "target") {
    rewriter->authority = AuthorityMode::kTarget;
  } else if (FLAGS_authority == "recorded") {
    rewriter->authority = AuthorityMode::kRecorded;
  } else if (FLAGS_authority == "stripped") {
    rewriter->authority = AuthorityMode::kStripped;
  } else if (FLAGS_authority == "shadow") {
    rewriter->authority = AuthorityMode::kShadow;
  } else if (IsAuthority(FLAGS_authority)) {
    rewriter->authority = AuthorityMode::kLiteral;
    rewriter->literal_authority = FLAGS_authority;
  } else {
    return UsageError("--authority={}: write target, recorded, stripped, shadow, or HOST[:PORT]",
                      FLAGS_authority);
  }
  return absl::OkStatus();
}

absl::Status ReadRequests(ReplayOptions* options) {
  RewriterOptions& rewriter = options->rewriter;
  RETURN_IF_ERROR(ReadAuthority(&rewriter));
  rewriter.target_authority = options->target.authority;
  if (FLAGS_strip != "mesh" && FLAGS_strip != "none") {
    return UsageError("--strip={}: write mesh or none", FLAGS_strip);
  }
  rewriter.strip = FLAGS_strip == "none" ? StripMode::kNone : StripMode::kMesh;
  if (FLAGS_side_effects != "refuse" && FLAGS_side_effects != "allow") {
    return UsageError("--side_effects={}: write refuse or allow", FLAGS_side_effects);
  }
  options->planner.allow_side_effects = FLAGS_side_effects == "allow";
  rewriter.drop_conditional = FLAGS_drop_conditional;
  rewriter.marker_name = FLAGS_marker == "off" ? "" : FLAGS_marker;
  rewriter.marker_value = options->run_id;
  if (!rewriter.marker_name.empty() && !IsMarkerName(rewriter.marker_name)) {
    return UsageError("--marker: not a name that the marker's header can have");
  }
  return absl::OkStatus();
}

absl::Status ReadBounds(ReplayOptions* options) {
  options->run.stop_file = FLAGS_stop_file;
  BreakerOptions& breaker = options->run.breaker;
  ASSIGN_OR_RETURN(breaker.errors_percent,
                   Named("breaker_errors", ParsePercent(FLAGS_breaker_errors)));
  ASSIGN_OR_RETURN(breaker.latency, Named("breaker_latency", ParseDuration(FLAGS_breaker_latency)));
  ASSIGN_OR_RETURN(options->summary.max_send_lag,
                   Named("max_send_lag", ParseDuration(FLAGS_max_send_lag)));
  ASSIGN_OR_RETURN(const double denied, Named("max_denied", ParsePercent(FLAGS_max_denied)));
  options->summary.max_denied = denied / 100;
  return absl::OkStatus();
}

absl::StatusOr<ReplayOptions> ReadOptions(const std::vector<std::string>& arguments,
                                          FileSystem& files) {
  if (!arguments.empty()) {
    return UsageError("'{}' is not expected here; name recordings with --recording", arguments[0]);
  }
  ReplayOptions options;
  options.run_id = NewRunId();
  RETURN_IF_ERROR(ReadTarget(&options));
  RETURN_IF_ERROR(ReadSchedule(&options));
  RETURN_IF_ERROR(ReadSampling(&options.planner));
  RETURN_IF_ERROR(ReadSending(&options));
  RETURN_IF_ERROR(ReadRequests(&options));
  RETURN_IF_ERROR(ReadBounds(&options));
  RETURN_IF_ERROR(ReadSubset(files, &options));
  return options;
}

ExitCode Main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a run goes on when nobody reads what it says
  const Program program = ThisProgram();
  std::vector<std::string> arguments;
  if (const auto ended = ParseFlags(program, argc, argv, &arguments)) return *ended;
  const SystemClock clock;
  PosixFileSystem files;
  absl::StatusOr<ReplayOptions> options = ReadOptions(arguments, files);
  if (!options.ok()) return ReportError(program, options.status());
  options->command = fmt::format("replayer {}", fmt::join(argv + 1, argv + argc, " "));

  const absl::StatusOr<ReplayResult> result = Replay(*options, clock, files);
  if (!result.ok()) return ReportError(program, result.status());
  const bool color = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  Say(stdout, "{}", FLAGS_json ? JsonReport(result->summary) : TextReport(result->summary, color));
  if (!result->trouble.ok()) return ReportError(program, result->trouble);
  return ExitCodeFor(result->summary);
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) { return static_cast<int>(shadowreel::Main(argc, argv)); }
