#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/record.h"
#include "formats/response.h"
#include "formats/segment/segment_writer.h"
#include "formats/trace.pb.h"

namespace shadowreel {

struct RecordingWriterOptions {
  std::string out{};                             // the new recording's directory
  uint64_t segment_bytes = uint64_t{256} << 20;  // a segment is sealed at this size
  SegmentWriterOptions segment{};
};

// Writes a new recording: a directory of sealed segments under a new recording uuid, records
// numbered from 1. It is written as "OUT.partial" and gets its name when it is whole, so that a
// half-written one never stands under it. Not thread-safe.
class RecordingWriter {
 public:
  // `header` brings what the segments say of redaction, host and lineage. `out` must not exist,
  // its parent must; a "OUT.partial" that an earlier run left is an error that says so.
  static absl::StatusOr<std::unique_ptr<RecordingWriter>> Create(
      FileSystem& files, const Clock& clock, const RecordingWriterOptions& options,
      trace::SegmentHeader header);
  // Removes what was not finished.
  ~RecordingWriter();

  // Appends a record, with its response when there is one (else null); they stand in the same
  // segment. The record's own number and recording are ignored, its weight is kept.
  absl::Status Append(const Record& record, const Response* response);

  // Seals, syncs and renames to `out`.
  absl::Status Finish();

  uint64_t records() const;
};

}  // namespace shadowreel
