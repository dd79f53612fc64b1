#pragma once

#include <absl/status/statusor.h>

#include "scenarios/emit/json_patch.h"
#include "scenarios/emit/recorder_place.h"
#include "scenarios/emit/route_choice.h"

namespace shadowreel {

// Adds a mirror of `percent` to each chosen route of a VirtualService: to `mirrors` (Istio 1.19 and
// later: a route's `mirror` and its percent move there, as Istio takes never both), else as
// `mirror` with `mirrorPercentage`.
//
// The patch first tests the whole route: JSON Patch cannot test that a key is absent, so this is
// how it fails rather than replaces a mirror that somebody else added meanwhile. The taking away
// tests what it removes, and not the rest of the route, which may change while it mirrors.
//
// An error for a route that mirrors there already, has both `mirror` and `mirrors`, or has a mirror
// and knows one alone.
absl::StatusOr<PatchPair> PatchVirtualService(const ChosenRoutes& chosen,
                                              const RecorderPlace& recorder, double percent,
                                              bool mirrors_list);

}  // namespace shadowreel
