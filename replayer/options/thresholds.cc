#include "replayer/options/thresholds.h"

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "replayer/options/flag_values.h"
#include "scenarios/terms/path_template.h"
#include "scenarios/terms/threshold.h"

namespace shadowreel {
namespace {

absl::Status CheckCount(const char* flag, size_t count, size_t most) {
  if (count <= most) return absl::OkStatus();
  return UsageError("--{} is given {} times, and may be {} times", flag, count, most);
}

}  // namespace

absl::Status ReadThresholds(ReplayOptions* options) {
  const std::vector<std::string> endpoints = FlagLines("endpoint");
  RETURN_IF_ERROR(CheckCount("endpoint", endpoints.size(), kMostPathTemplates));
  std::vector<PathTemplate> templates;
  for (const std::string& text : endpoints) {
    ASSIGN_OR_RETURN(PathTemplate parsed, Named("endpoint", ParsePathTemplate(text)));
    templates.push_back(std::move(parsed));
  }
  options->planner.endpoints = EndpointNamer(std::move(templates), FlagIsOn("fold_paths"));

  const std::vector<std::string> thresholds = FlagLines("threshold");
  RETURN_IF_ERROR(CheckCount("threshold", thresholds.size(), kMostThresholds));
  for (const std::string& text : thresholds) {
    ASSIGN_OR_RETURN(Threshold parsed, Named("threshold", ParseThreshold(text)));
    options->thresholds.push_back(std::move(parsed));
  }
  return absl::OkStatus();
}

}  // namespace shadowreel
