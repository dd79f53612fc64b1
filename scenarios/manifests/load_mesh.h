#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/file_system.h"
#include "scenarios/manifests/mesh.h"

namespace shadowreel {

// What the files of --manifests say. UnusableError for a file that cannot be read; UsageError with
// all that is wrong in them, a line each. Warnings, a line each, are added to `warnings`; notes are
// for `scenarios lint`.
absl::StatusOr<Mesh> LoadMesh(FileSystem& files, const std::vector<std::string>& paths,
                              std::vector<std::string>* warnings);

}  // namespace shadowreel
