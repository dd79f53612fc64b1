#include "formats/reel/merge.h"

#include <memory>

#include "base/status.h"
#include "formats/reel/derived_recording.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/recording_access.h"
#include "formats/reel/recording_writer.h"

namespace shadowreel {

absl::StatusOr<ExitCode> Merge(FileSystem& files, const Clock& clock, const MergeOptions& options,
                               Output& output, Notices& notices) {
  if (options.out.empty()) return UsageError("--out: name the directory to write");
  ASSIGN_OR_RETURN(const std::unique_ptr<TraceReader> trace,
                   OpenTrace(files, options.paths, options.recovery, notices));
  const trace::SegmentHeader header = DerivedHeader(*trace, "reel merge");
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordingWriter> writer,
                   RecordingWriter::Create(files, clock, {options.out}, header));
  RecordCopier copier(*trace, *writer);
  Record record;
  for (uint64_t read = 0;; ++read) {
    RETURN_IF_ERROR(CheckInterrupt());
    ASSIGN_OR_RETURN(const bool more, copier.Next(&record));
    if (!more) break;
    RETURN_IF_ERROR(copier.Copy(record));
    notices.Progress("merged", read, trace->records());
  }
  RETURN_IF_ERROR(writer->Finish());
  notices.EndProgress();
  output.Write(fmt::format("merged {} records of {} recordings\n", writer->records(),
                           header.lineage().parent_recording_uuids_size()));
  output.Write(DescribeWritten(*writer));
  return ExitCode::kPass;
}

}  // namespace shadowreel
