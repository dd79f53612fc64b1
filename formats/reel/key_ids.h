#pragma once

#include <set>
#include <string>
#include <string_view>

namespace shadowreel {

// A segment names the keys of its pseudonyms in one list, joined by commas (segment_format.md,
// "Header and footer").
void AddKeyIds(std::string_view list, std::set<std::string>* ids);
std::string JoinKeyIds(const std::set<std::string>& ids);

}  // namespace shadowreel
