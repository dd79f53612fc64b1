#pragma once

#include <absl/status/statusor.h>

#include "scenarios/emit/json_patch.h"
#include "scenarios/emit/recorder_place.h"
#include "scenarios/emit/route_choice.h"

namespace shadowreel {

// Appends a RequestMirror filter of `percent` to each chosen rule of an HTTPRoute.
//
// A server fills defaults into an HTTPRoute, so the patch tests the whole rule only when the
// manifest was read from a server (ChosenRoutes::live); else its filters and each other scalar that
// the manifest gives. That cannot show that a rule without filters has none by then. The taking
// away tests the filter that it removes.
//
// An error for a rule that mirrors there already, or has no room for a filter.
absl::StatusOr<PatchPair> PatchHttpRoute(const ChosenRoutes& chosen, const RecorderPlace& recorder,
                                         double percent);

}  // namespace shadowreel
