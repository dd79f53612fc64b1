#include "formats/reel/inspect.h"

#include <memory>

#include "base/status.h"
#include "formats/reel/inspect_report.h"
#include "formats/reel/inspection.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/recording_access.h"

namespace shadowreel {

absl::StatusOr<ExitCode> Inspect(FileSystem& files, const InspectOptions& options, Output& output,
                                 Notices& notices) {
  ASSIGN_OR_RETURN(const std::unique_ptr<TraceReader> trace,
                   OpenTrace(files, options.paths, options.recovery, notices));
  Inspector inspector;
  for (const auto& segment : trace->segments()) inspector.AddSegment(*segment);
  Record record;
  for (uint64_t read = 0;; ++read) {
    RETURN_IF_ERROR(CheckInterrupt());
    ASSIGN_OR_RETURN(const bool more, trace->Next(&record));
    if (!more) break;
    inspector.AddRecord(record);
    notices.Progress("read", read, trace->records());
  }
  notices.EndProgress();
  const Inspection inspection = inspector.Finish(options.paths);
  output.Write(options.json ? InspectionJson(inspection)
                            : InspectionText(inspection, options.unicode));
  return ExitCode::kPass;
}

}  // namespace shadowreel
