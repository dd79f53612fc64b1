#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "base/exit_code.h"
#include "base/file_system.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"
#include "formats/reel/tolerance.h"
#include "formats/segment/recovery_report.h"

namespace shadowreel {

struct DiffOptions {
  std::string path_a;
  std::string path_b;
  Tolerances tolerances{};
  std::string temporary_directory = "/tmp";  // for what large recordings need beyond memory
  RecoveryMode recovery = RecoveryMode::kStrict;
};

// `reel diff A B`: compares two recordings, ignoring order, times, connections, peers and record
// numbers; prints a summary by kind of difference, what was tolerated, and the first examples.
// kFailed when they differ in more than what is tolerated.
//
// Which record of B is compared with which of A:
// 1. Equal contents are pairs, the k-th with the k-th, wherever they stand.
// 2. What is left is paired by content that differs in tolerated ways only.
// 3. Then by x-request-id, when a record has exactly one. An id that stands several times (an
//    Envoy retry, a replay at volume 2) is paired among its own, by method and target first, the
//    k-th with the k-th; the surplus is "only in" its side, never compared with another id. Two
//    ids whose contents were swapped are two changed pairs.
// 4. Then, for records without an id or with one that the other side has nowhere: by method and
//    target, and by all else.
absl::StatusOr<ExitCode> Diff(FileSystem& files, const DiffOptions& options, Output& output,
                              Notices& notices);

}  // namespace shadowreel
