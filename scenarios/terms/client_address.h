#pragma once

#include <absl/status/status.h>

#include <string>

namespace shadowreel {

// UsageError, without a flag's name, unless `text` is an address of IPv4 or IPv6 (without
// brackets), which x-forwarded-for can end with.
absl::Status CheckClientAddress(const std::string& text);

}  // namespace shadowreel
