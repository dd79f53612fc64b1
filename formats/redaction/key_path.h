#pragma once

#include <absl/status/status.h>

#include <string>

namespace shadowreel {

// Where the pseudonyms' key of a recording lies: outside of what it protects.

// "OUT.key" beside the recording's directory, whatever way OUT is written ("out/", "."). The
// directory need not exist yet.
std::string DefaultKeyPath(const std::string& out);

// An error when the key file would lie in the recording it protects, links followed.
absl::Status CheckKeyOutside(const std::string& key_path, const std::string& out);

}  // namespace shadowreel
