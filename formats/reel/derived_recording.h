#pragma once

#include <absl/status/status.h>

#include <map>
#include <string>

#include "formats/record.h"
#include "formats/reel/recording_writer.h"
#include "formats/segment/number_ranges.h"
#include "formats/segment/trace_reader.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// What the segments of a recording made from a trace say of it: redaction (segment_format.md,
// "Header and footer") and lineage. `made_by`: the command, without secrets and --recovery, which
// the trace tells.
trace::SegmentHeader DerivedHeader(const TraceReader& trace, const std::string& made_by);

// One line about a finished recording: where it is and what it takes.
std::string DescribeWritten(const RecordingWriter& writer);

// Copies records of a trace into a new recording, each with its response. Both must outlive it.
// Not thread-safe.
class RecordCopier {
 public:
  RecordCopier(TraceReader& trace, RecordingWriter& writer) : trace_(trace), writer_(writer) {}

  // The trace's next record; false at the end. A record that stands in the trace twice (by
  // recording and number) is an error that names both segments.
  absl::StatusOr<bool> Next(Record* record);

  // Writes that record.
  absl::Status Copy(const Record& record);

 private:
  absl::Status StandsTwice(const Record& record) const;

  TraceReader& trace_;
  RecordingWriter& writer_;
  std::map<Uuid, NumberRanges> numbers_;  // read so far, by recording
  Response response_;
};

}  // namespace shadowreel
