#pragma once

#include <string>
#include <vector>

#include "scenarios/emit/recorder_place.h"
#include "scenarios/emit/route_choice.h"

namespace shadowreel {

// README.txt beside emitted files: the commands in their order, what to look at, and that a mirror
// must be taken away again.

std::string IstioInstructions(const ChosenRoutes& chosen, const RecorderPlace& recorder,
                              double percent);
std::string GatewayInstructions(const ChosenRoutes& chosen, const RecorderPlace& recorder,
                                double percent);
std::string NginxInstructions(double percent);

}  // namespace shadowreel
