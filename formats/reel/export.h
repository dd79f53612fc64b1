#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"
#include "formats/segment/recovery_report.h"

namespace shadowreel {

struct ExportOptions {
  std::vector<std::string> paths;
  std::string format{};  // of ExchangeFormats()
  std::string out{};     // the file to write, whole or not at all; empty: `output`
  RecoveryMode recovery = RecoveryMode::kStrict;
};

// `reel export`: writes a trace, in order of arrival, as other tools' files. Requests that are not
// whole are left out. What the format cannot hold is listed on `notices`.
absl::StatusOr<ExitCode> ExportRecords(FileSystem& files, const ExportOptions& options,
                                       Output& output, Notices& notices);

}  // namespace shadowreel
