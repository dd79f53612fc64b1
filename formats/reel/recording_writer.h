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
// half-written one never stands under it. One without records has one empty segment. Not
// thread-safe.
class RecordingWriter {
 public:
  // `header` brings what the segments say of redaction, host and lineage. `out` must not exist,
  // its parent must; a "OUT.partial" that an earlier run left is an error that says so.
  static absl::StatusOr<std::unique_ptr<RecordingWriter>> Create(
      FileSystem& files, const Clock& clock, const RecordingWriterOptions& options,
      trace::SegmentHeader header);
  // Removes what was not finished.
  ~RecordingWriter();
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  // Appends a record, with its response when there is one (else null); they stand in the same
  // segment. The record's own number and recording are ignored, its weight is kept. A record or
  // response that no segment can hold is a kInvalidArgument (SegmentWriter says which) and adds
  // nothing. After any other error only destruction is left.
  absl::Status Append(const Record& record, const Response* response);

  // Seals, syncs and renames to `out`. The last call.
  absl::Status Finish();

  uint64_t records() const { return segment_->next_number() - 1; }
  uint64_t responses() const { return responses_; }
  uint64_t segments() const { return segment_->header().sequence(); }  // the open one included
  uint64_t file_bytes() const { return sealed_bytes_ + segment_->file_bytes(); }
  const std::string& recording_uuid() const { return segment_->header().recording_uuid(); }
  // Without slashes at the end.
  const std::string& out() const { return options_.out; }

 private:
  RecordingWriter(FileSystem& files, const Clock& clock, RecordingWriterOptions options,
                  trace::SegmentHeader header);
  absl::Status MakeDirectory();
  absl::Status OpenSegment();

  FileSystem& files_;
  const Clock& clock_;
  const RecordingWriterOptions options_;
  trace::SegmentHeader header_;  // of the segment now open
  std::string directory_{};      // what destruction removes; empty: nothing
  std::unique_ptr<SegmentWriter> segment_;
  uint64_t sealed_bytes_ = 0;
  uint64_t responses_ = 0;
};

}  // namespace shadowreel
