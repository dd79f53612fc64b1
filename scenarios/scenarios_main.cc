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
#include "scenarios/json_schema.h"
#include "scenarios/lint_verb.h"
#include "scenarios/loader/flag_arguments.h"
#include "scenarios/loader/load_scenario.h"
#include "scenarios/print.h"

DEFINE_string(scenario, "", "the YAML FILE");
DEFINE_bool(json, false, "JSON instead of columns");
DEFINE_string(manifests, "",
              "FILES of Istio's, Gateway API's and Kubernetes' objects, separated by commas");
DEFINE_string(istio_version, "", "of the mesh, like 1.27; decides what a mirror's Host is");

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

absl::StatusOr<ExitCode> RunPrint(const Invocation& with) {
  if (FLAGS_scenario.empty()) return UsageError("print what? --scenario=FILE is needed");
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

// "a.yaml,b.yaml".
std::vector<std::string> PathsOf(const std::string& text) {
  std::vector<std::string> paths;
  std::istringstream parts(text);
  for (std::string path; std::getline(parts, path, ',');) {
    if (!path.empty()) paths.push_back(path);
  }
  return paths;
}

absl::StatusOr<ExitCode> RunLint(const Invocation& with) {
  LintRequest request;
  request.manifests = PathsOf(FLAGS_manifests);
  request.scenario = FLAGS_scenario;
  if (!FLAGS_istio_version.empty()) {
    const absl::StatusOr<IstioVersion> version = ParseIstioVersion(FLAGS_istio_version);
    if (!version.ok()) return FlagError("istio_version", version.status());
    request.options.istio_version = *version;
  }
  ASSIGN_OR_RETURN(const Problems problems, LintFiles(with.files, ProcessEnvironment(), request));
  for (const Problem& problem : problems.Sorted()) Say(stdout, "{}\n", problem.Line());
  Say(stderr, "{}\n", LintSummary(problems));
  return problems.has_errors() ? ExitCode::kFailed : ExitCode::kPass;
}

constexpr Verb kVerbs[] = {
    {"print", "[-- FLAGS...]",
     "what is in force, and where each value came from; FLAGS are the recorder's or the replayer's",
     "scenario json", true, RunPrint},
    {"lint", "", "what is wrong with manifests and scenarios, and what will go wrong with mirrors",
     "manifests istio_version scenario", false, RunLint},
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
                  {}};
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
