#pragma once

#include <string>

#include "formats/reel/inspection.h"

namespace shadowreel {

// An inspection as a table for people; safe on a terminal. `unicode`: it may draw with more than
// ASCII.
std::string InspectionText(const Inspection& inspection, bool unicode);

// The same as one JSON object (with schema_version) and a newline.
std::string InspectionJson(const Inspection& inspection);

}  // namespace shadowreel
