#pragma once

#include <string>

#include "scenarios/yaml/problems.h"

namespace shadowreel {

// All of them, each with a line end.
inline std::string Lines(const Problems& problems) {
  std::string lines;
  for (const Problem& problem : problems.Sorted()) lines += problem.Line() + "\n";
  return lines;
}

}  // namespace shadowreel
