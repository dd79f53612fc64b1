#pragma once

#include <absl/status/statusor.h>

#include "base/flags.h"
#include "base/text.h"  // for lists

namespace shadowreel {

// "--flag: message" in place of the message.
template <typename T>
absl::StatusOr<T> Named(const char* flag, absl::StatusOr<T> parsed) {
  if (!parsed.ok()) return FlagError(flag, parsed.status());
  return parsed;
}

}  // namespace shadowreel
