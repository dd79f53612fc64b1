#include "formats/reel/cat.h"

#include <algorithm>

#include "base/status.h"
#include "formats/exchange/curl.h"
#include "formats/reel/exchange_report.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/record_text.h"
#include "formats/reel/recording_access.h"

namespace shadowreel {
namespace {

std::string Render(CatFormat format, const Record& record, Exporter* curl) {
  switch (format) {
    case CatFormat::kText:
      return RenderText(record);
    case CatFormat::kJsonLines:
      return RenderJsonLine(record);
    case CatFormat::kCurl:
      break;
  }
  std::string command;
  curl->Write(record, nullptr, &command);
  return command;
}

}  // namespace

absl::StatusOr<CatFormat> ParseCatFormat(const std::string& text) {
  if (text == "text") return CatFormat::kText;
  if (text == "jsonl") return CatFormat::kJsonLines;
  if (text == "curl") return CatFormat::kCurl;
  return UsageError("'{}' is not a format; write text, jsonl or curl", text);
}

absl::StatusOr<ExitCode> Cat(FileSystem& files, const CatOptions& options, Output& output,
                             Notices& notices) {
  ASSIGN_OR_RETURN(const std::unique_ptr<TraceReader> trace,
                   OpenTrace(files, options.paths, options.recovery, notices));
  const uint64_t wanted =
      options.first == 0 ? trace->records() : std::min(options.first, trace->records());
  Tally tally;
  const std::unique_ptr<Exporter> curl = MakeCurlExporter(&tally);
  Record record;
  for (uint64_t printed = 0; printed < wanted; ++printed) {
    RETURN_IF_ERROR(CheckInterrupt());
    ASSIGN_OR_RETURN(const bool more, trace->Next(&record));
    if (!more) break;
    if (!output.Write(Render(options.format, record, curl.get()))) break;
    notices.Progress("printed", printed, wanted);
  }
  for (const std::string& line : TallyLines(tally)) notices.Warn(line);
  return ExitCode::kPass;
}

}  // namespace shadowreel
