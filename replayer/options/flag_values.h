#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <utility>
#include <vector>

#include "base/flags.h"

namespace shadowreel {

// "--flag: message" in place of the message.
template <typename T>
absl::StatusOr<T> Named(const char* flag, absl::StatusOr<T> parsed) {
  if (!parsed.ok()) return FlagError(flag, parsed.status());
  return parsed;
}

// The parts of "a,b" that are not empty.
std::vector<std::string> SplitList(const std::string& text);

}  // namespace shadowreel
