#include "scenarios/manifests/manifest_files.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "scenarios/yaml/node.h"

namespace shadowreel {

absl::StatusOr<std::vector<ManifestText>> ReadManifestFiles(FileSystem& files,
                                                            const std::vector<std::string>& paths) {
  std::vector<ManifestText> texts;
  for (const std::string& path : paths) {
    const bool read = std::any_of(texts.begin(), texts.end(),
                                  [&path](const ManifestText& text) { return text.file == path; });
    if (read) continue;
    ASSIGN_OR_RETURN(std::string text, ReadFile(files, path, kMostYamlBytes));
    texts.push_back({path, std::move(text)});
  }
  return texts;
}

}  // namespace shadowreel
