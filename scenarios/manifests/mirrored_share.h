#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "scenarios/manifests/mesh.h"

namespace shadowreel {

// What the mirrors among the manifests send to one recorder.
struct MirroredShare {
  double percent = 100;  // of a route's requests, 0 to 100
  std::string mirror;    // the first such mirror: "vs.yaml:23:7: mirror to httpbin"
};

// The percent of the mirrors whose destination is `mirror_host`, a short or full name; of all
// mirrors when it is empty. UsageError when there is none, or when they disagree: then each stands
// in it with place and percent, since one recording can have one weight. Pure.
absl::StatusOr<MirroredShare> FindMirroredShare(const Mesh& mesh, const std::string& mirror_host);

}  // namespace shadowreel
