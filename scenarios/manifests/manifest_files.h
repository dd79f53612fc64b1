#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/file_system.h"
#include "scenarios/manifests/read_mesh.h"

namespace shadowreel {

// The texts of --manifests, in order; of a file that is named twice, once. UnusableError for a file
// that cannot be read or has more than kMostYamlBytes.
absl::StatusOr<std::vector<ManifestText>> ReadManifestFiles(FileSystem& files,
                                                            const std::vector<std::string>& paths);

}  // namespace shadowreel
