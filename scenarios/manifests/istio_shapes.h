#pragma once

#include "scenarios/manifests/shape.h"

namespace shadowreel {

// The specs of Istio's objects, networking.istio.io v1 of Istio 1.27 (v1beta1 and v1alpha3 are the
// same messages): fields and types as in the CRDs, deprecated ones included.
const Shape& VirtualServiceSpecShape();
const Shape& DestinationRuleSpecShape();
const Shape& ServiceEntrySpecShape();

}  // namespace shadowreel
