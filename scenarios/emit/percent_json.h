#pragma once

#include "scenarios/emit/manifest_json.h"

namespace shadowreel {

// An integer when it is one: servers store it so, and some compare bytes.
Json PercentJson(double percent);

// As HTTPRequestMirrorFilter of the Gateway API takes it: "percent" for whole numbers, else
// "fraction", to four decimals.
void SetFilterPercent(double percent, Json* filter);

}  // namespace shadowreel
