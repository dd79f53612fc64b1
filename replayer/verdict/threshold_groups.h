#pragma once

#include <vector>

#include "replayer/measure/outcome_log.h"
#include "replayer/plan/endpoint.h"
#include "scenarios/terms/threshold.h"

namespace shadowreel {

// The endpoints that thresholds name, each once, for an OutcomeLog. An endpoint belongs to all that
// name it: as a template does (PathTemplate::Covers), or as one of its requests would be named
// ("/cart/42" for "GET /cart/{number}").
EndpointGroups GroupsOfThresholds(const std::vector<Threshold>& thresholds,
                                  const EndpointNamer& namer);

}  // namespace shadowreel
