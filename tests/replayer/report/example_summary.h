#pragma once

#include "replayer/measure/summary.h"

namespace shadowreel {

// A valid run with something in every place, more endpoints than a report shows, and a few
// requests that came to nothing.
Summary ExampleSummary();

// The same, with the harness at its limits and stopped.
Summary GeneratorLimitedSummary();

// A replay at 0 percent.
Summary EmptySummary();

}  // namespace shadowreel
