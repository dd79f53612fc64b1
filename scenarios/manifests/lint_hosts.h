#pragma once

#include "scenarios/manifests/mesh.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// The part of lint.h about where requests and their copies are sent.

// Whether the subset, if any, is defined.
void LintSubset(const Mesh& mesh, const ObjectName& object, const Destination& to,
                Problems* problems);

// Whether the mesh knows the mirror's host and port, originates TLS where it must, and bounds what
// a slow one may cost.
void LintMirrorHost(const Mesh& mesh, const Route& route, const Mirror& mirror, Problems* problems);

// Whether any ready endpoint has a subset's labels, where endpoints and their labels are known.
void LintEndpoints(const Mesh& mesh, Problems* problems);

}  // namespace shadowreel
