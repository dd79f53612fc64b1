#include "tests/scenarios/manifests/broken_manifests.h"

namespace shadowreel {
namespace {

std::vector<BrokenManifest> Joined() {
  std::vector<BrokenManifest> all;
  for (const auto table :
       {BrokenObjects, BrokenVirtualServices, BrokenMirrors, BrokenMatches, BrokenDestinationRules,
        BrokenServiceEntries, BrokenHttpRoutes, BrokenServices}) {
    const std::vector<BrokenManifest> manifests = table();
    all.insert(all.end(), manifests.begin(), manifests.end());
  }
  return all;
}

}  // namespace

const std::vector<BrokenManifest>& BrokenManifests() {
  static const std::vector<BrokenManifest> kManifests = Joined();
  return kManifests;
}

}  // namespace shadowreel
