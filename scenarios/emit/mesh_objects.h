#pragma once

#include <string>

#include "scenarios/emit/recorder_place.h"
#include "scenarios/manifests/mesh.h"

namespace shadowreel {

// What a mesh must know about the recorder, in YAML. `api_version` is the one that the user's own
// objects have, so that the cluster serves it.

// A DestinationRule that bounds what a proxy holds for a slow recorder, and how it speaks TLS to
// one outside.
std::string RecorderRuleYaml(const RecorderPlace& recorder, const std::string& api_version);

// A ServiceEntry for a recorder outside.
std::string RecorderEntryYaml(const RecorderPlace& recorder, const std::string& api_version);

// A ReferenceGrant: the HTTPRoutes of `from` may send to the recorder's Service.
std::string ReferenceGrantYaml(const RecorderPlace& recorder, const std::string& from);

}  // namespace shadowreel
