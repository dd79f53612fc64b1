#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace shadowreel {

// What sampling keeps or drops together: the name of the header in "header:NAME", whose values
// are; empty for "record", which samples records one by one. UsageError, without a flag's name,
// for any other text.
absl::StatusOr<std::string> ParseSampleKey(std::string_view text);

}  // namespace shadowreel
