#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/file_system.h"
#include "scenarios/manifests/mesh.h"

namespace shadowreel {

// What the files of --manifests say. UnusableError for a file that cannot be read; UsageError with
// all that is wrong in them, a line each: unknown fields in what a capture or a replay uses, too;
// elsewhere they may be of a later release, and are warnings. Warnings, a line each, are added to
// `warnings`; notes are for `scenarios lint`.
absl::StatusOr<Mesh> LoadMesh(FileSystem& files, const std::vector<std::string>& paths,
                              std::vector<std::string>* warnings);

}  // namespace shadowreel
