#include "scenarios/lint_verb.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "scenarios/loader/load_scenario.h"
#include "scenarios/manifests/manifest_files.h"
#include "scenarios/manifests/read_mesh.h"
#include "scenarios/yaml/node.h"

namespace shadowreel {
namespace {

// Checks the scenario, and adds the manifests that it names to `paths`.
absl::Status LintScenario(FileSystem& files, const Environment& environment,
                          const std::string& path, std::vector<std::string>* paths,
                          Problems* problems) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(files, path, kMostYamlBytes));
  const LoadedScenario loaded = ParseScenario(files, text, path, environment, problems);
  const scenario::Scenario& scenario = loaded.scenario;
  for (const auto* named : {&scenario.capture().manifests(), &scenario.replay().manifests()}) {
    paths->insert(paths->end(), named->begin(), named->end());
  }
  return absl::OkStatus();
}

std::string Counted(size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

absl::StatusOr<Problems> LintFiles(FileSystem& files, const Environment& environment,
                                   const LintRequest& request) {
  if (request.manifests.empty() && request.scenario.empty()) {
    return UsageError("lint what? --manifests=FILES or --scenario=FILE is needed");
  }
  Problems problems;
  std::vector<std::string> paths = request.manifests;
  if (!request.scenario.empty()) {
    RETURN_IF_ERROR(LintScenario(files, environment, request.scenario, &paths, &problems));
  }
  ASSIGN_OR_RETURN(const std::vector<ManifestText> texts, ReadManifestFiles(files, paths));
  Lint(ReadMesh(texts, &problems), request.options, &problems);
  return problems;
}

std::string LintSummary(const Problems& problems) {
  return fmt::format("{}, {}, {}", Counted(problems.errors(), "error"),
                     Counted(problems.warnings(), "warning"), Counted(problems.notes(), "note"));
}

}  // namespace shadowreel
