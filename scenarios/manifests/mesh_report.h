#pragma once

#include <string>

#include "scenarios/manifests/mesh.h"

namespace shadowreel {

// What manifests say, for people: routes with hosts, matches, rewrites, destinations and mirrors;
// subsets with labels and endpoints. Aligned text, in the manifests' order. Pure.
std::string MeshText(const Mesh& mesh);

// The same as JSON with a line end: `schema_version`, `routes`, `destination_rules`. Pure.
std::string MeshJson(const Mesh& mesh);

}  // namespace shadowreel
