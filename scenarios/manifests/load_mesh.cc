#include "scenarios/manifests/load_mesh.h"

#include "base/status.h"
#include "scenarios/manifests/manifest_files.h"
#include "scenarios/manifests/read_mesh.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

absl::StatusOr<Mesh> LoadMesh(FileSystem& files, const std::vector<std::string>& paths,
                              std::vector<std::string>* warnings) {
  ASSIGN_OR_RETURN(const std::vector<ManifestText> texts, ReadManifestFiles(files, paths));
  Problems problems(Severity::kWarning);
  Mesh mesh = ReadMesh(texts, &problems);
  RETURN_IF_ERROR(problems.ToStatus());
  for (const Problem& problem : problems.Sorted()) {
    if (problem.severity == Severity::kWarning) warnings->push_back(problem.Line());
  }
  return mesh;
}

}  // namespace shadowreel
