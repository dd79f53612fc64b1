#pragma once

#include <string>

#include "replayer/measure/summary.h"

namespace shadowreel {

// A summary for people: at most 100 columns wide, but for names of files and targets. The first
// line is the verdict, the second the share of the recorded load that was replayed, the third the
// denied share, if any. `color` paints the verdict's word. Pure.
std::string TextReport(const Summary& summary, bool color);

}  // namespace shadowreel
