#include "formats/reel/export.h"

#include <memory>
#include <utility>

#include "base/status.h"
#include "formats/exchange/formats.h"
#include "formats/reel/exchange_report.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/recording_access.h"
#include "formats/reel/whole_file.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {
namespace {

constexpr size_t kPiece = 1 << 20;  // of the text, written at once

// Refuses to write over a segment, whatever its name, or under the name of one.
absl::Status CheckNoSegment(FileSystem& files, const std::string& out) {
  if (out.ends_with(kSealedSuffix) || out.ends_with(kOpenSuffix)) {
    return UsageError("--out={}: a segment's name; give the export another", out);
  }
  if (files.Kind(out) != FileKind::kFile) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto file, files.Open(out));
  std::string beginning;
  RETURN_IF_ERROR(file->ReadAt(0, kSegmentMagic.size(), &beginning));
  if (beginning != kSegmentMagic) return absl::OkStatus();
  return UsageError("--out={}: a recording's segment, which the export would replace", out);
}

// Where the text goes: a file, or the output.
class Destination {
 public:
  static absl::StatusOr<Destination> Open(FileSystem& files, const std::string& out,
                                          Output& output) {
    Destination destination(output);
    if (out.empty()) return destination;
    RETURN_IF_ERROR(CheckNoSegment(files, out));
    ASSIGN_OR_RETURN(destination.file_, WholeFile::Create(files, out));
    return destination;
  }

  // False when writing has become pointless.
  absl::StatusOr<bool> Write(std::string_view text) {
    if (file_ == nullptr) return output_->Write(text);
    RETURN_IF_ERROR(file_->Append(text));
    return true;
  }

  absl::Status Finish() { return file_ == nullptr ? absl::OkStatus() : file_->Finish(); }

 private:
  explicit Destination(Output& output) : output_(&output) {}

  Output* output_;
  std::unique_ptr<WholeFile> file_;
};

// The records as text, by and by.
class Export {
 public:
  Export(TraceReader& trace, const ExchangeFormat& format)
      : trace_(trace), exporter_(format.make_exporter(&tally_)) {}

  void Begin() { exporter_->Begin(&text_); }
  void End() { exporter_->End(&text_); }

  // False after the last record.
  absl::StatusOr<bool> AddOne() {
    ASSIGN_OR_RETURN(const bool more, trace_.Next(&record_));
    if (!more) return false;
    ++read_;
    const std::string place = fmt::format("record {}", record_.number);
    if (!record_.complete || record_.truncated) {
      tally_.Add("request that is not whole", place);
      return true;
    }
    if (record_.weight != 1) tally_.AddChange("weight of a sampled request", place);
    ASSIGN_OR_RETURN(const bool answered, trace_.ReadResponse(&response_));
    const size_t before = text_.size();
    exporter_->Write(record_, answered ? &response_ : nullptr, &text_);
    if (text_.size() > before) ++written_;
    return true;
  }

  std::string& text() { return text_; }
  uint64_t read() const { return read_; }
  uint64_t written() const { return written_; }
  const Tally& tally() const { return tally_; }

 private:
  TraceReader& trace_;
  Tally tally_;
  const std::unique_ptr<Exporter> exporter_;
  std::string text_;
  Record record_;
  Response response_;
  uint64_t read_ = 0;
  uint64_t written_ = 0;
};

absl::Status WriteAll(TraceReader& trace, Export* text, Destination* destination,
                      Notices& notices) {
  text->Begin();
  bool more = true;
  while (more) {
    RETURN_IF_ERROR(CheckInterrupt());
    ASSIGN_OR_RETURN(more, text->AddOne());
    if (!more) text->End();
    if (more && text->text().size() < kPiece) continue;
    ASSIGN_OR_RETURN(const bool wanted, destination->Write(text->text()));
    if (!wanted) break;
    text->text().clear();
    notices.Progress("exported", text->read(), trace.records());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExitCode> ExportRecords(FileSystem& files, const ExportOptions& options,
                                       Output& output, Notices& notices) {
  const auto format = FindExportFormat(options.format);
  if (!format.ok()) return UsageError("--format: {}", Message(format.status()));
  ASSIGN_OR_RETURN(const auto trace, OpenTrace(files, options.paths, options.recovery, notices));
  ASSIGN_OR_RETURN(Destination destination, Destination::Open(files, options.out, output));
  Export text(*trace, **format);
  RETURN_IF_ERROR(WriteAll(*trace, &text, &destination, notices));
  notices.EndProgress();
  for (const std::string& line : TallyLines(text.tally())) notices.Warn(line);
  if (text.written() == 0 && text.read() > 0) {
    return UnusableError("none of {} records could be exported as {}", text.read(),
                         (*format)->name);
  }
  RETURN_IF_ERROR(destination.Finish());
  return ExitCode::kPass;
}

}  // namespace shadowreel
