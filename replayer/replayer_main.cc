#include <gflags/gflags.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/flags.h"
#include "base/posix_file_system.h"
#include "base/say.h"
#include "base/status.h"
#include "replayer/dry_run.h"
#include "replayer/options/command_text.h"
#include "replayer/options/read_options.h"
#include "replayer/replay.h"
#include "replayer/report/json_report.h"
#include "replayer/report/junit_report.h"
#include "replayer/report/markdown_report.h"
#include "replayer/report/no_run.h"
#include "replayer/report/report_files.h"
#include "replayer/report/text_report.h"
#include "scenarios/loader/apply_scenario.h"

DEFINE_string(scenario, "",
              "YAML FILE that sets flags (scenarios/README.md); those given here win");
DEFINE_string(recording, "", "what to replay: recording directories and segment files, by comma");
DEFINE_string(target, "", "where to send: http://HOST[:PORT] or https://HOST[:PORT]");
DEFINE_string(subset, "", "send to this subset of the target's host; Host stays the target's");
DEFINE_string(subsets, "", "YAML file of subsets, like DestinationRules with endpoints");
DEFINE_string(manifests, "", "YAML files of the mesh's objects: --subset's endpoints, routes");
DEFINE_string(route_rewrites, "none",
              "none, apply, or undo: what the manifests' routes do to paths before they mirror");
DEFINE_string(out, "", "directory for summary.json and outcomes.seg; created when missing");
DEFINE_bool(json, false, "print the summary as JSON");
DEFINE_string(dry_run, "", "N: plan all and send nothing; shows N requests, and what the plan is");
DEFINE_string(junit, "", "file for a JUnit report, written whatever came of the run");
DEFINE_string(markdown, "", "file for a pull request; $GITHUB_STEP_SUMMARY is appended to");

DEFINE_string(method, "", "only records of these methods: GET,POST");
DEFINE_string(host, "", "only records for these hosts: shop.example,*.internal");
DEFINE_string(path, "", "only records of this path: a prefix, or re: and an RE2 expression");
DEFINE_string(header, "", "only records with this header: NAME or NAME:VALUE");

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

DEFINE_string(rewrite_path, "",
              "'/old -> /new' or 're:EXPR -> SUBST'; the first that fits is done");
DEFINE_string(set_header, "", "'NAME: VALUE' in place of all of that name");
DEFINE_string(add_header, "", "'NAME: VALUE' besides those of that name");
DEFINE_string(remove_header, "", "NAME: all of that name");
DEFINE_string(append_forwarded_for, "",
              "address at the end of x-forwarded-for, which is then kept");

DEFINE_string(allow_target, "", "targets beyond loopback that may be sent to: HOST or CIDR, ...");
DEFINE_bool(allow_host_routing, false, "let --authority differ from target beside a mesh sidecar");
DEFINE_string(stop_file, "", "stop as soon as this file exists");
DEFINE_string(breaker_errors, "50", "stop above this percent of errors within 10 s; 100: never");
DEFINE_string(breaker_latency, "0", "stop when the median of 10 s is above it; 0: never");

DEFINE_string(max_send_lag, "10ms", "a run with a p99 send lag above it is invalid");
DEFINE_string(max_denied, "20", "a run with more percent of 401, 403, 404 is invalid");

DEFINE_string(threshold, "", "exit 1 unless it holds: 'latency.p99 < 250ms', ...; repeatable");
DEFINE_string(endpoint, "", "paths that are one endpoint, like '/product/{name}'; repeatable");
DEFINE_bool(fold_paths, true, "fold ids, uuids and numbers in other paths: /cart/{number}");

namespace shadowreel {
namespace {

Program ThisProgram() {
  return {
      .name = "replayer",
      .usage =
          "replayer --recording=DIR|FILE[,...] --target=URL [flags]\n"
          "       replayer --scenario=FILE [flags]",
      .purpose = "Sends a recording's requests to a target on schedule, and measures.",
      .groups =
          {
              {"What and where",
               {"scenario", "recording", "target", "subset", "subsets", "manifests", "dry_run"}},
              {"Records", {"method", "host", "path", "header"}},
              {"Load", {"speed", "rate", "percent", "seed", "sample_key", "duration"}},
              {"Sending",
               {"max_in_flight", "max_rate", "timeout", "drain", "transport", "ca_file"}},
              {"Requests",
               {"route_rewrites", "authority", "strip", "side_effects", "marker",
                "drop_conditional"}},
              {"Rewriting (all but the last may be repeated)",
               {"rewrite_path", "set_header", "add_header", "remove_header",
                "append_forwarded_for"}},
              {"Safety",
               {"allow_target", "allow_host_routing", "stop_file", "breaker_errors",
                "breaker_latency"}},
              {"Validity", {"max_send_lag", "max_denied"}},
              {"Thresholds", {"threshold", "endpoint", "fold_paths"}},
              {"Reports", {"out", "json", "junit", "markdown"}},
          },
      .repeatable = {"rewrite_path", "set_header", "add_header", "remove_header", "threshold",
                     "endpoint"},
      .once = {"scenario"},
  };
}

// A report that cannot be written takes the pass from a run that has passed; any other end of it
// stands.
ExitCode EndWith(ExitCode end, const absl::Status& written) {
  if (written.ok()) return end;
  const ExitCode code = ReportError(ThisProgram(), written);
  return end == ExitCode::kPass ? code : end;
}

ExitCode EndDryRun(const ReplayOptions& options, FileSystem& files) {
  const absl::StatusOr<uint64_t> shown = ReadDryRun();
  if (!shown.ok()) return ReportError(ThisProgram(), shown.status());
  const absl::StatusOr<DryRunResult> result =
      DryRun(options, {.shown = *shown, .json = FLAGS_json}, files,
             [](const std::string& text) { SayText(stdout, text); });
  if (!result.ok()) return ReportError(ThisProgram(), result.status());
  if (!result->trouble.ok()) return ReportError(ThisProgram(), result->trouble);
  return ExitCodeFor(result->plan);
}

// Reports a replay that did not take place.
ExitCode EndBeforeStart(const ReplayOptions& options, const absl::Status& why, const Clock& clock,
                        FileSystem& files) {
  NoRun no_run{.run = FactsOf(options), .thresholds = options.thresholds, .why = why};
  no_run.run.started = clock.WallNow();
  const ExitCode end = ReportError(ThisProgram(), why);
  return EndWith(
      end, WriteReportFiles(options.reports, JunitReport(no_run), MarkdownReport(no_run), files));
}

// Reports a replay that took place.
ExitCode EndAfter(const ReplayOptions& options, const ReplayResult& result, FileSystem& files) {
  const Summary& summary = result.summary;
  const bool color = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  Say(stdout, "{}", FLAGS_json ? JsonReport(summary) : TextReport(summary, color));
  const ExitCode end =
      result.trouble.ok() ? ExitCodeFor(summary) : ReportError(ThisProgram(), result.trouble);
  return EndWith(end, WriteReportFiles(options.reports, JunitReport(summary, result.trouble),
                                       MarkdownReport(summary, result.trouble), files));
}

ExitCode Main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a run goes on when nobody reads what it says
  const Program program = ThisProgram();
  std::vector<std::string> arguments;
  if (const auto ended = ParseFlags(program, argc, argv, &arguments)) return *ended;
  if (!arguments.empty()) {
    return ReportError(program, UsageError("'{}' is not expected here; name recordings with "
                                           "--recording",
                                           arguments[0]));
  }
  const SystemClock clock;
  PosixFileSystem files;
  if (FlagWasSet("scenario")) {
    const absl::Status applied = ApplyScenario(files, FLAGS_scenario, ScenarioProgram::kReplayer);
    if (!applied.ok()) return ReportError(program, applied);
  }
  absl::StatusOr<ReplayOptions> options = ReadOptions(files);
  if (!options.ok()) return ReportError(program, options.status());
  options->command = CommandText(argc, argv);
  if (FlagWasSet("dry_run")) return EndDryRun(*options, files);

  if (const absl::Status writable = CheckReportFiles(options->reports, files); !writable.ok()) {
    return ReportError(program, writable);
  }
  const absl::StatusOr<ReplayResult> result = Replay(*options, clock, files);
  return result.ok() ? EndAfter(*options, *result, files)
                     : EndBeforeStart(*options, result.status(), clock, files);
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) { return static_cast<int>(shadowreel::Main(argc, argv)); }
