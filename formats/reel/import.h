#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/exchange/exchange_format.h"
#include "formats/redaction/redactor.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"

namespace shadowreel {

struct ImportOptions {
  std::vector<std::string> paths;  // files of one format
  std::string format{};            // of ExchangeFormats(); empty: told by the files
  std::string out{};               // the new recording's directory
  RedactionMode redaction = RedactionMode::kCredentials;
  std::string redaction_key{};  // its file, made when missing; empty: beside `out`
  // For formats without times: evenly spaced, `rate` requests a second from then on.
  std::string start = "2000-01-01T00:00:00Z";
  double rate = 100;
  ImportChoices choices{};
};

// `reel import`: makes a recording of other tools' files, redacted before it reaches the disk.
// What cannot be imported is listed with its places, the rest goes on; nothing at all is an error.
absl::StatusOr<ExitCode> ImportFiles(FileSystem& files, const Clock& clock,
                                     const ImportOptions& options, Output& output,
                                     Notices& notices);

}  // namespace shadowreel
