#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <utility>
#include <vector>

#include "scenarios/emit/recorder_place.h"

namespace shadowreel {

struct RecorderObjects {
  RecorderPlace place;
  std::string image;     // checked (kubernetes_names.h)
  double percent = 100;  // that the mirror sends, told to the recorder for the records' weight
  // Flags with their texts, as the recorder takes them. Those that the objects decide (where it
  // listens and writes, what comes after its end) are left out.
  std::vector<std::pair<std::string, std::string>> capture;
};

// The recorder's Deployment, Service and PersistentVolumeClaim, in YAML with comments. Volume and
// memory follow from the flags' bounds; an error names a flag that cannot be read.
absl::StatusOr<std::string> RecorderObjectsYaml(const RecorderObjects& objects);

}  // namespace shadowreel
