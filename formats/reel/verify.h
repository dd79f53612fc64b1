#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"

namespace shadowreel {

struct VerifyOptions {
  std::vector<std::string> paths;
  std::string secrets_path;  // empty: no search for secrets
};

// `reel verify`: reads every byte of every segment, sealed or not (an unsealed one is damage);
// checks that record numbers are unique within their recording; looks for secrets. Prints one
// line a damaged file, the first findings of secrets, and a summary. kFailed when there was
// damage or a secret, else kUnusable when a file could not be read.
absl::StatusOr<ExitCode> Verify(FileSystem& files, const VerifyOptions& options, Output& output,
                                Notices& notices);

}  // namespace shadowreel
