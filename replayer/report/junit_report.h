#pragma once

#include <absl/status/status.h>

#include <string>

#include "replayer/measure/summary.h"
#include "replayer/report/no_run.h"

namespace shadowreel {

// A run as JUnit XML, in what Jenkins and GitLab read alike: one suite, whose test cases are
//   run        an error when a safety rule ended it or something was unusable (`trouble`)
//   validity   an error when the run measured nothing
//   and each threshold, its endpoint as class: failed, or skipped when there is no valid run.
// Names are unique (GitLab drops doubles), and every text stands in the element, too (GitLab does
// not read `message`). Times in seconds. Bytes that XML cannot hold are shown as \xNN. Pure.
std::string JunitReport(const Summary& summary, const absl::Status& trouble);
std::string JunitReport(const NoRun& no_run);

}  // namespace shadowreel
