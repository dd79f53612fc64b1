#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace shadowreel {

// Ends the program when the two differ, and shows them.
inline void CheckSame(std::string_view what, const std::string& one, const std::string& other) {
  if (one == other) return;
  std::fprintf(stderr, "%.*s differ:\n--- one\n%s\n--- other\n%s\n", static_cast<int>(what.size()),
               what.data(), one.c_str(), other.c_str());
  std::abort();
}

}  // namespace shadowreel
