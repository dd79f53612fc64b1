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

const std::vector<BrokenManifest>& BrokenManifests();

}  // namespace shadowreel
