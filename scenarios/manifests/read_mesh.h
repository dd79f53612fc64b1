#pragma once

#include <string>
#include <vector>

#include "scenarios/manifests/mesh.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// One file of manifests.
struct ManifestText {
  std::string file;  // as the user named it
  std::string text;  // YAML of any number of documents, or JSON
};

// What the manifests say: VirtualService, DestinationRule and ServiceEntry (networking.istio.io v1,
// v1beta1, v1alpha3), HTTPRoute (gateway.networking.k8s.io v1, v1beta1), Service, EndpointSlice
// (discovery.k8s.io/v1) and Pods' labels, alone or in a List (`kubectl get -o yaml`). Other objects
// are passed over; a note says which. Everything that is wrong is added to `problems`: an unknown
// field anywhere in a spec, a wrong type, a number out of range, one object twice. An unknown field
// or word where neither a capture nor a replay looks is InUnusedPart of `problems`. `status` and
// what stands in metadata beside name, namespace and labels are not looked at. With errors the mesh
// holds what could be read. Pure.
Mesh ReadMesh(const std::vector<ManifestText>& files, Problems* problems);

}  // namespace shadowreel
