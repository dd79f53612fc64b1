#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/record_filter.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"
#include "formats/segment/recovery_report.h"

namespace shadowreel {

// As flags give them; an empty one does not restrict. A record is kept when all agree.
struct CutOptions {
  std::vector<std::string> paths{};
  std::string out{};      // the new recording's directory
  std::string from{};     // ParseTimeBound; records from then on
  std::string to{};       // records before that
  std::string busiest{};  // a duration: the window so long in which the most records arrive that
                          // the time and the filter keep; each counts as one, whatever its weight
  RecordFilter::Options filter{};
  std::string percent{};  // this fraction of those, by record identity and seed; the weight of a
  uint64_t seed = 0;      // kept one grows by 1/p
  uint64_t first = 0;     // as many of what all else keeps, by arrival; 0: all
  RecoveryMode recovery = RecoveryMode::kStrict;
};

// `reel cut`: writes part of a trace as a recording of its own, and prints what was kept and why
// the rest was not. Keeping nothing is no error: the new recording is empty, and a warning says so.
absl::StatusOr<ExitCode> Cut(FileSystem& files, const Clock& clock, const CutOptions& options,
                             Output& output, Notices& notices);

}  // namespace shadowreel
