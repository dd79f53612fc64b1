#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/file_system.h"
#include "scenarios/emit/emit.h"

namespace shadowreel {

// Writes all of them into a directory that must not exist: an older mirror.remove.json may still be
// needed.
absl::Status WriteEmitted(FileSystem& files, const std::string& directory,
                          const std::vector<EmittedFile>& emitted);

// The text of the one with this name; the error lists the names.
absl::StatusOr<std::string> EmittedPart(const std::vector<EmittedFile>& emitted,
                                        const std::string& name);

}  // namespace shadowreel
