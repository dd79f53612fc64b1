#pragma once

#include <string>
#include <vector>

namespace shadowreel {

// A file of manifests with exactly one error.
struct BrokenManifest {
  std::string name;
  std::string text;
  int line = 0;  // of the error
  int column = 0;
  std::string says;  // a part of its line
};

// Those of one kind of object, a table each. Of VirtualServices there are three: what is wrong
// with a route's fields and destinations, with its mirrors, weights and percentages, and with its
// matches and rewrites.
std::vector<BrokenManifest> BrokenObjects();  // whatever the kind
std::vector<BrokenManifest> BrokenVirtualServices();
std::vector<BrokenManifest> BrokenMirrors();
std::vector<BrokenManifest> BrokenMatches();
std::vector<BrokenManifest> BrokenDestinationRules();
std::vector<BrokenManifest> BrokenServiceEntries();
std::vector<BrokenManifest> BrokenHttpRoutes();
std::vector<BrokenManifest> BrokenServices();  // and EndpointSlices

// All of these.
const std::vector<BrokenManifest>& BrokenManifests();

}  // namespace shadowreel
