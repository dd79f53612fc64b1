// The tool for scenarios. Each verb is an entry of kVerbs: its flags, its function.

#include <gflags/gflags.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/flags.h"
#include "base/posix_file_system.h"
#include "base/say.h"
#include "base/status.h"
#include "base/text.h"
#include "scenarios/emit/emit.h"
#include "scenarios/emit/emitted_files.h"
#include "scenarios/json_schema.h"
#include "scenarios/lint_verb.h"
#include "scenarios/loader/flag_arguments.h"
#include "scenarios/loader/load_scenario.h"
#include "scenarios/loader/rules.h"
#include "scenarios/manifests/load_mesh.h"
#include "scenarios/manifests/manifest_files.h"
#include "scenarios/manifests/mesh_report.h"
#include "scenarios/manifests/read_mesh.h"
#include "scenarios/print.h"

DEFINE_string(scenario, "", "the YAML FILE");
DEFINE_bool(json, false, "JSON instead of columns");
DEFINE_string(manifests, "",
              "FILES of Istio's, Gateway API's and Kubernetes' objects, separated by commas");
DEFINE_string(istio_version, "",
              "of the mesh, like 1.27: what a route may hold, and what a mirror's Host is");

DEFINE_string(kind, "", "istio, gateway or nginx: what is to mirror");
DEFINE_string(percent, "", "0 to 100: of the requests, copied");
DEFINE_string(route, "",
              "[NAMESPACE/]OBJECT[:NAME or :INDEX]; without a colon all of its routes; not needed "
              "when there is one");
DEFINE_string(host, "", "all routes of the object with this host");
DEFINE_string(image, "", "the recorder's container image");
DEFINE_string(name, "shadowreel-recorder", "of the recorder's objects");
DEFINE_string(namespace, "", "of the recorder's objects; else the route's");
DEFINE_bool(h2c, false, "the mesh sends HTTP/2 to the recorder: for gRPC");
DEFINE_string(recorder, "", "HOST:PORT of a recorder outside of the cluster, or for nginx");
DEFINE_bool(recorder_tls, false, "something before that recorder takes TLS");
DEFINE_string(backup, "127.0.0.1:9001",
              "IPV4:PORT where nginx itself discards copies while the recorder does not answer");
DEFINE_string(out, "", "the directory to write; it must not exist");
DEFINE_string(part, "", "one of the files, to stdout");

namespace shadowreel {
namespace {

// What a verb works with.
struct Invocation {
  const std::vector<std::string>& arguments;  // behind the verb
  FileSystem& files;
};

struct Verb {
  std::string_view name;
  std::string_view takes;    // "--scenario=FILE [-- FLAGS...]"
  std::string_view purpose;  // one line of --help
  std::string_view flags;    // separated by spaces
  bool takes_arguments;
  absl::StatusOr<ExitCode> (*run)(const Invocation&);
};

absl::StatusOr<ExitCode> PrintMesh(const Invocation& with) {
  if (!FLAGS_scenario.empty()) {
    return UsageError("--scenario and --manifests exclude each other here: print one of them");
  }
  if (!with.arguments.empty()) {
    return UsageError("'{}' is not expected here; flags of programs go with --scenario",
                      with.arguments[0]);
  }
  std::vector<std::string> warnings;
  ASSIGN_OR_RETURN(const Mesh mesh, LoadMesh(with.files, SplitList(FLAGS_manifests), &warnings));
  for (const std::string& warning : warnings) Say(stderr, "{}\n", warning);
  Say(stdout, "{}", FLAGS_json ? MeshJson(mesh) : MeshText(mesh));
  return ExitCode::kPass;
}

absl::StatusOr<ExitCode> RunPrint(const Invocation& with) {
  if (!FLAGS_manifests.empty()) return PrintMesh(with);
  if (FLAGS_scenario.empty()) {
    return UsageError("print what? --scenario=FILE is needed, or --manifests=FILES");
  }
  ASSIGN_OR_RETURN(LoadedScenario loaded,
                   LoadScenario(with.files, FLAGS_scenario, ProcessEnvironment()));
  ASSIGN_OR_RETURN(const LoadedScenario flags, ReadFlagArguments(with.arguments, loaded));
  Overlay(flags, &loaded);
  const std::vector<ShownValue> values = ValuesInForce(loaded);
  Say(stdout, "{}", FLAGS_json ? ValuesAsJson(values) : ValuesAsText(values));
  return ExitCode::kPass;
}

absl::StatusOr<ExitCode> RunSchema(const Invocation&) {
  Say(stdout, "{}", ScenarioJsonSchema());
  return ExitCode::kPass;
}

absl::StatusOr<ExitCode> RunLint(const Invocation& with) {
  LintRequest request;
  request.manifests = SplitList(FLAGS_manifests);
  request.scenario = FLAGS_scenario;
  if (!FLAGS_istio_version.empty()) {
    const absl::StatusOr<IstioVersion> version = ParseIstioVersion(FLAGS_istio_version);
    if (!version.ok()) return FlagError("istio_version", version.status());
    request.options.istio_version = *version;
  }
  ASSIGN_OR_RETURN(const Problems problems, LintFiles(with.files, ProcessEnvironment(), request));
  for (const Problem& problem : problems.Sorted()) Say(stdout, "{}\n", problem.Line());
  if (problems.left_out() > 0) Say(stdout, "and {} more\n", problems.left_out());
  Say(stderr, "{}\n", LintSummary(problems));
  return problems.has_errors() ? ExitCode::kFailed : ExitCode::kPass;
}

absl::StatusOr<Mesh> ReadManifests(FileSystem& files) {
  if (FLAGS_manifests.empty()) return UsageError("--manifests=FILES is needed");
  ASSIGN_OR_RETURN(const std::vector<ManifestText> texts,
                   ReadManifestFiles(files, SplitList(FLAGS_manifests)));
  Problems problems;
  Mesh mesh = ReadMesh(texts, &problems);
  RETURN_IF_ERROR(problems.ToStatus());
  return mesh;
}

// A flag that would mean nothing is a mistake.
absl::Status CheckEmitFlags() {
  struct Unused {
    std::string_view kind;
    std::vector<const char*> flags;
  };
  static const std::vector<Unused>* const unused =
      new std::vector<Unused>{{"istio", {"backup"}},
                              {"gateway", {"backup", "istio_version", "recorder", "recorder_tls"}},
                              {"nginx",
                               {"h2c", "host", "image", "istio_version", "manifests", "name",
                                "namespace", "recorder_tls", "route", "scenario"}}};
  for (const auto& [kind, flags] : *unused) {
    for (const char* flag : flags) {
      if (kind != FLAGS_kind || !FlagWasSet(flag)) continue;
      return UsageError("--{} means nothing to --kind={}", flag, kind);
    }
  }
  if (FLAGS_out.empty() != FLAGS_part.empty()) return absl::OkStatus();
  return UsageError(
      "--out=DIR, or --part=FILE for one of its files to stdout: README.txt says how "
      "to use them");
}

absl::StatusOr<EmitOptions> ReadEmitOptions(FileSystem& files) {
  EmitOptions options;
  options.kind = FLAGS_kind;
  options.percent = FLAGS_percent;
  options.route = FLAGS_route;
  options.host = FLAGS_host;
  options.istio_version = FLAGS_istio_version;
  options.name = FLAGS_name;
  options.name_space = FLAGS_namespace;
  options.image = FLAGS_image;
  options.h2c = FLAGS_h2c;
  options.recorder = FLAGS_recorder;
  options.recorder_tls = FLAGS_recorder_tls;
  options.backup = FLAGS_backup;
  if (FLAGS_scenario.empty()) return options;
  ASSIGN_OR_RETURN(const LoadedScenario loaded,
                   LoadScenario(files, FLAGS_scenario, ProcessEnvironment()));
  for (const Setting& setting : SettingsOf(loaded)) {
    if (setting.key.rfind("capture.", 0) != 0) continue;
    options.capture.emplace_back(FlagOf(*setting.field), FlagTextOf(setting));
  }
  return options;
}

absl::StatusOr<ExitCode> RunEmit(const Invocation& with) {
  RETURN_IF_ERROR(CheckEmitFlags());
  ASSIGN_OR_RETURN(const EmitOptions options, ReadEmitOptions(with.files));
  Mesh mesh;
  if (options.kind == "istio" || options.kind == "gateway") {
    ASSIGN_OR_RETURN(mesh, ReadManifests(with.files));
  }
  ASSIGN_OR_RETURN(const std::vector<EmittedFile> emitted, Emit(options, mesh));
  if (!FLAGS_part.empty()) {
    ASSIGN_OR_RETURN(const std::string text, EmittedPart(emitted, FLAGS_part));
    SayText(stdout, text);
    return ExitCode::kPass;
  }
  RETURN_IF_ERROR(WriteEmitted(with.files, FLAGS_out, emitted));
  SayText(stdout, emitted.back().text);
  return ExitCode::kPass;
}

constexpr Verb kVerbs[] = {
    {"print", "[-- FLAGS...]",
     "what is in force, and where each value came from (FLAGS are the recorder's or the "
     "replayer's); of manifests: routes, mirrors, subsets, endpoints",
     "scenario manifests json", true, RunPrint},
    {"lint", "", "what is wrong with manifests and scenarios, and what will go wrong with mirrors",
     "manifests istio_version scenario", false, RunLint},
    {"emit", "",
     "what makes the mesh or nginx mirror to a recorder, and what stops it again; nothing is "
     "applied",
     "kind percent manifests route host istio_version scenario image name namespace h2c recorder "
     "recorder_tls backup out part",
     false, RunEmit},
    {"schema", "", "the JSON schema of scenarios, for editors", "", false, RunSchema},
};

std::vector<std::string> FlagsOf(const Verb& verb) {
  std::istringstream words{std::string(verb.flags)};
  return {std::istream_iterator<std::string>(words), {}};
}

// "print, lint or emit".
std::string VerbNames() {
  std::string names;
  for (const Verb& verb : kVerbs) {
    if (!names.empty()) names += &verb + 1 == std::end(kVerbs) ? " or " : ", ";
    names += verb.name;
  }
  return names;
}

Program ScenariosProgram() {
  Program program{"scenarios",
                  "scenarios VERB [FLAGS]",
                  "Shows what scenarios mean: files for --scenario of the recorder and the "
                  "replayer.\n",
                  {},
                  {},
                  {"scenario"}};
  for (const Verb& verb : kVerbs) {
    program.purpose +=
        fmt::format("\n  {:<22} {}", fmt::format("{} {}", verb.name, verb.takes), verb.purpose);
    if (!verb.flags.empty()) program.groups.push_back({std::string(verb.name), FlagsOf(verb)});
  }
  return program;
}

// Refuses flags that only other verbs have.
absl::Status CheckFlags(const Verb& verb) {
  const std::vector<std::string> own = FlagsOf(verb);
  for (const Verb& other : kVerbs) {
    for (const std::string& flag : FlagsOf(other)) {
      if (std::find(own.begin(), own.end(), flag) != own.end() || !FlagWasSet(flag.c_str())) {
        continue;
      }
      return UsageError("--{} is a flag of {}, not of {}", flag, other.name, verb.name);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunVerb(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return UsageError("no verb; use {} (scenarios --help)", VerbNames());
  const Verb* const verb =
      std::find_if(std::begin(kVerbs), std::end(kVerbs),
                   [&](const Verb& each) { return each.name == arguments[0]; });
  if (verb == std::end(kVerbs)) {
    return UsageError("unknown verb '{}'; use {} (scenarios --help)", arguments[0], VerbNames());
  }
  RETURN_IF_ERROR(CheckFlags(*verb));
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (!rest.empty() && !verb->takes_arguments) {
    return UsageError("'{}' is not expected here; {} takes flags alone", rest[0], verb->name);
  }
  PosixFileSystem files;
  return verb->run({rest, files});
}

int Main(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> arguments;
  if (const auto ended = ParseFlags(ScenariosProgram(), argc, argv, &arguments)) {
    return static_cast<int>(*ended);
  }
  const absl::StatusOr<ExitCode> result = RunVerb(arguments);
  if (!result.ok()) return static_cast<int>(ReportError(ScenariosProgram(), result.status()));
  return static_cast<int>(*result);
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) { return shadowreel::Main(argc, argv); }
