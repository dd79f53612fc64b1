#pragma once

#include <cstddef>
#include <vector>

#include "formats/record.h"

namespace shadowreel {

// A stretch of a text that a redaction rule calls secret. Offsets and lengths in bytes.
struct Finding {
  RedactionClass kind = RedactionClass::kCredential;
  size_t begin = 0;
  size_t length = 0;
  friend bool operator==(const Finding&, const Finding&) = default;
};

// Findings of one text: ascending and disjoint.
using Findings = std::vector<Finding>;

}  // namespace shadowreel
