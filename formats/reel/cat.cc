#include "formats/reel/cat.h"

#include <algorithm>

#include "base/status.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/record_text.h"
#include "formats/reel/recording_access.h"

namespace shadowreel {

absl::StatusOr<CatFormat> ParseCatFormat(const std::string& text) {
  if (text == "text") return CatFormat::kText;
  if (text == "jsonl") return CatFormat::kJsonLines;
  return UsageError("'{}' is not a format; write text or jsonl", text);
}

absl::StatusOr<ExitCode> Cat(FileSystem& files, const CatOptions& options, Output& output,
                             Notices& notices) {
  ASSIGN_OR_RETURN(const std::unique_ptr<TraceReader> trace,
                   OpenTrace(files, options.paths, notices));
  const uint64_t wanted =
      options.first == 0 ? trace->records() : std::min(options.first, trace->records());
  Record record;
  for (uint64_t printed = 0; printed < wanted; ++printed) {
    RETURN_IF_ERROR(CheckInterrupt());
    ASSIGN_OR_RETURN(const bool more, trace->Next(&record));
    if (!more) break;
    const bool json = options.format == CatFormat::kJsonLines;
    if (!output.Write(json ? RenderJsonLine(record) : RenderText(record))) break;
    notices.Progress("printed", printed, wanted);
  }
  return ExitCode::kPass;
}

}  // namespace shadowreel
