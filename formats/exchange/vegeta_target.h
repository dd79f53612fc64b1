#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "net/http/fields.h"

namespace shadowreel {

// One line of vegeta's JSON targets.
struct VegetaTarget {
  std::string method;
  std::string url;
  Fields header;  // in the line's order; the values of one name together
  std::string body;
};

inline constexpr size_t kMaxVegetaFields = 1000;

// Sets the target from a line. Returns nullptr, or what is wrong, for people, never bytes of the
// line. Takes memory of the order of the line, whatever it holds.
const char* ParseVegetaTarget(std::string_view line, VegetaTarget* target);

}  // namespace shadowreel
