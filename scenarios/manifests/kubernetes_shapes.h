#pragma once

#include "scenarios/manifests/shape.h"

namespace shadowreel {

// The Gateway API's HTTPRoute (v1 with its experimental fields; v1beta1 is the same) and what is
// read of Kubernetes itself.
const Shape& HttpRouteSpecShape();
const Shape& ServiceSpecShape();
// Of the whole object, which has no spec.
const Shape& EndpointSliceShape();

}  // namespace shadowreel
