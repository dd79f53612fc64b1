#include "formats/redaction/key_path.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/status.h"

namespace shadowreel {
namespace {

// Absolute, links followed as far as it exists, no "." or ".." or slash at the end.
std::filesystem::path Resolved(const std::string& path) {
  std::error_code error;
  std::filesystem::path resolved =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  if (error) resolved = std::filesystem::path(path).lexically_normal();
  return resolved.has_filename() ? resolved : resolved.parent_path();
}

}  // namespace

std::string DefaultKeyPath(const std::string& out) { return Resolved(out).string() + ".key"; }

absl::Status CheckKeyOutside(const std::string& key_path, const std::string& out) {
  const std::filesystem::path directory = Resolved(out);
  const std::filesystem::path key = Resolved(key_path);
  const auto [end, unused] =
      std::mismatch(directory.begin(), directory.end(), key.begin(), key.end());
  if (end != directory.end()) return absl::OkStatus();
  return UsageError("--redaction_key={}: lies in the recording that it protects; keep it elsewhere",
                    key_path);
}

}  // namespace shadowreel
