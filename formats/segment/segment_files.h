#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// A segment file, sealed or not.
struct SegmentFile {
  std::string path;
  bool sealed = false;                           // by its name
  std::optional<trace::SegmentHeader> header{};  // nothing when it cannot be read
};

// The segment files (*.seg, *.seg.open) in a directory: by sequence, then name; those without a
// header come first.
absl::StatusOr<std::vector<SegmentFile>> ListSegmentFiles(FileSystem& files,
                                                          const std::string& directory);

// When a disk fails, a recorder leaves its segment unsealed and writes the records that it cannot
// be sure of again, into its next one, under the same numbers. So records of the segment with
// `header` that have this number or a greater one stand in a later segment of its recording; the
// least first record number of those among `all`, UINT64_MAX when there is none.
uint64_t RecoveryLimit(const trace::SegmentHeader& header,
                       const std::vector<const trace::SegmentHeader*>& all);

// The same among a directory's files.
uint64_t RecoveryLimit(const trace::SegmentHeader& header, const std::vector<SegmentFile>& all);

}  // namespace shadowreel
