#pragma once

#include <string>

#include "scenarios/manifests/mesh.h"
#include "scenarios/manifests/shape.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// One kind of object each: adds to `mesh` what `object`, whose apiVersion, kind and metadata are
// read, says in its spec; adds what is wrong with that to `problems`, and reads on as far as it
// can. One file an API.

// networking.istio.io
void ReadVirtualService(const ObjectName& name, const YamlNode& object, Mesh* mesh,
                        Problems* problems);
void ReadDestinationRule(const ObjectName& name, const YamlNode& object, Mesh* mesh,
                         Problems* problems);
void ReadServiceEntry(const ObjectName& name, const YamlNode& object, Mesh* mesh,
                      Problems* problems);

// gateway.networking.k8s.io
void ReadHttpRoute(const ObjectName& name, const YamlNode& object, Mesh* mesh, Problems* problems);

// Kubernetes itself
void ReadService(const ObjectName& name, const YamlNode& object, Mesh* mesh, Problems* problems);
void ReadEndpointSlice(const ObjectName& name, const YamlNode& object, Mesh* mesh,
                       Problems* problems);

// An object's spec, checked against `shape`; null when there is none, which is an error.
const YamlNode* CheckedSpec(const YamlNode& object, const Shape& shape, Problems* problems);

// An expression of a match or a rewrite: an error when RE2 cannot read it.
void CheckExpression(const YamlNode& expression, const std::string& name, Problems* problems);

}  // namespace shadowreel
