#include "scenarios/emit/emitted_files.h"

#include "base/status.h"

namespace shadowreel {

absl::Status WriteEmitted(FileSystem& files, const std::string& directory,
                          const std::vector<EmittedFile>& emitted) {
  if (files.Kind(directory) != FileKind::kMissing) {
    return UsageError("--out={} exists, and a mirror.remove.json in it may still be needed",
                      directory);
  }
  RETURN_IF_ERROR(files.CreateDirectory(directory));
  for (const EmittedFile& file : emitted) {
    RETURN_IF_ERROR(WriteFileAtomically(files, JoinPath(directory, file.name), file.text));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> EmittedPart(const std::vector<EmittedFile>& emitted,
                                        const std::string& name) {
  std::string names;
  for (const EmittedFile& file : emitted) {
    if (file.name == name) return file.text;
    names += (names.empty() ? "" : ", ") + file.name;
  }
  return UsageError("--part={}: one of {}", name, names);
}

}  // namespace shadowreel
