#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/file_system.h"
#include "scenarios/loader/variables.h"
#include "scenarios/manifests/lint.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// What `scenarios lint` is to look at: files of manifests, a scenario, or both.
struct LintRequest {
  std::vector<std::string> manifests;
  std::string scenario;  // empty: none
  LintOptions options;
};

// All that is wrong with these files: as YAML, as objects (read_mesh.h), as a mesh (lint.h), and
// with the scenario (load_scenario.h), whose own `manifests` are looked at, too. UnusableError for
// a file that cannot be read; UsageError when there is nothing to look at.
absl::StatusOr<Problems> LintFiles(FileSystem& files, const Environment& environment,
                                   const LintRequest& request);

// "2 errors, 1 warning, 0 notes".
std::string LintSummary(const Problems& problems);

}  // namespace shadowreel
