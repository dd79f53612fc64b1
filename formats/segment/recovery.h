#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/segment/recovery_report.h"
#include "formats/trace.pb.h"

namespace shadowreel {

struct RecoverOptions {
  // Records numbered so or more are left out: a later segment holds them again (RecoveryLimit in
  // segment_files.h). UINT64_MAX: none.
  uint64_t limit = UINT64_MAX;
};

struct RecoveredSegment {
  std::string path;      // `NAME.seg`, sealed
  bool changed = false;  // false: it was sound as it was
  std::string original;  // `NAME.seg.damaged`, when it was kept; empty else
  trace::SegmentHeader header{};
  RecoveryReport report{};  // of the original
};

// Makes of `NAME.seg.open`, or of a damaged `NAME.seg`, a sealed `NAME.seg` of the same segment
// (uuid, header, record numbers) that verifies strictly and holds every record that kSalvage
// reads. The original is removed, or kept as `NAME.seg.damaged` when more than a torn tail was
// left out. `path` names either; nothing may be writing the file. Holds what SegmentReader does,
// and two chunks.
//
// Steps: `NAME.seg.recovering` is written, synced and verified; a damaged `NAME.seg` becomes
// `NAME.seg.open`; `.recovering` becomes `NAME.seg`; then the original goes. A crash or an error
// anywhere leaves what calling it again brings to its end, and never fewer records than before.
//
// Errors: kDataLoss when nothing of the file can be read (no segment header survives); those of
// SegmentReader::Open for kSalvage; those of the disk.
absl::StatusOr<RecoveredSegment> RecoverSegment(FileSystem& files, const Clock& clock,
                                                const std::string& path,
                                                const RecoverOptions& options = {});

// Gives a file of which nothing can be read the name `NAME.seg.damaged`, which it returns.
absl::StatusOr<std::string> SetAsideUnreadable(FileSystem& files, const std::string& path);

}  // namespace shadowreel
