#include "formats/reel/import.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/status.h"
#include "formats/exchange/formats.h"
#include "formats/redaction/key_path.h"
#include "formats/reel/exchange_report.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/recording_writer.h"
#include "formats/reel/time_bound.h"

namespace shadowreel {
namespace {

// The first bytes of a file; what a damaged one gives.
absl::StatusOr<std::string> ReadBeginning(FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(const auto source, OpenByteSource(files, path));
  std::string beginning(kBeginning, '\0');
  size_t size = 0;
  while (size < beginning.size()) {
    const auto count = source->Read(beginning.data() + size, beginning.size() - size);
    if (!count.ok() || *count == 0) break;
    size += *count;
  }
  beginning.resize(size);
  return beginning;
}

// The files' common format. Opens each, so that a wrong path ends an import before it begins.
absl::StatusOr<const ExchangeFormat*> FormatOf(FileSystem& files, const ImportOptions& options) {
  const ExchangeFormat* format = nullptr;
  if (!options.format.empty()) {
    const auto found = FindImportFormat(options.format);
    if (!found.ok()) return UsageError("--format: {}", Message(found.status()));
    format = *found;
  }
  for (const std::string& path : options.paths) {
    ASSIGN_OR_RETURN(const std::string beginning, ReadBeginning(files, path));
    if (!options.format.empty()) continue;
    ASSIGN_OR_RETURN(const ExchangeFormat* const guess, GuessImportFormat(path, beginning));
    if (format != nullptr && guess != format) {
      return UsageError("{} looks like {}, {} like {}: import one format at a time",
                        options.paths[0], format->name, path, guess->name);
    }
    format = guess;
  }
  return format;
}

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

// The key that an import makes beside its recording goes, should the recording not come to be. One
// that --redaction_key names stays: another import may have read it meanwhile.
class KeyBeside {
 public:
  KeyBeside(FileSystem& files, const ImportOptions& options)
      : files_(files), path_(DefaultKeyPath(options.out)) {
    const bool used = options.redaction != RedactionMode::kOff && options.redaction_key.empty();
    removes_ = used && files_.Kind(path_) == FileKind::kMissing;
  }
  ~KeyBeside() {
    if (removes_) files_.Remove(path_).IgnoreError();
  }
  KeyBeside(const KeyBeside&) = delete;
  KeyBeside& operator=(const KeyBeside&) = delete;

  void Keep() { removes_ = false; }

 private:
  FileSystem& files_;
  const std::string path_;
  bool removes_ = false;
};

absl::StatusOr<Redactor> MakeRedactor(FileSystem& files, const ImportOptions& options) {
  RedactionKey key;
  if (options.redaction != RedactionMode::kOff) {
    const std::string path =
        options.redaction_key.empty() ? DefaultKeyPath(options.out) : options.redaction_key;
    RETURN_IF_ERROR(CheckKeyOutside(path, options.out));
    ASSIGN_OR_RETURN(key, LoadOrCreateRedactionKey(files, path));
  }
  return Redactor(options.redaction, std::move(key));
}

absl::StatusOr<ArrivalSequence> MakeArrivals(const ImportOptions& options) {
  const auto start = ParseTimeBound(options.start);
  if (!start.ok() || start->from_start) {
    return UsageError("--start={}: not a time like 2026-11-23T19:42:00Z", options.start);
  }
  if (!(options.rate > 0 && options.rate <= ArrivalSequence::kMaxRate)) {
    return UsageError("--rate={}: not above 0 and at most {}", options.rate,
                      ArrivalSequence::kMaxRate);
  }
  return ArrivalSequence(start->In(WallTime()), options.rate);
}

trace::SegmentHeader HeaderOf(const ImportOptions& options, const ExchangeFormat& format,
                              const Redactor& redactor) {
  trace::SegmentHeader header;
  header.set_host(HostName());
  header.set_redaction_mode(ToString(redactor.mode()));
  header.set_redaction_policy_digest(redactor.policy_digest());
  header.set_redaction_key_id(redactor.key_id());
  std::string made_by = "reel import --format=" + format.name;
  if (format.lacks_times) {
    made_by += fmt::format(" --start={} --rate={}", options.start, options.rate);
  }
  const ImportChoices& choices = options.choices;
  if (!choices.authority.empty()) made_by += " --authority=" + choices.authority;
  if (choices.seed != 0) made_by += fmt::format(" --seed={}", choices.seed);
  if (choices.keep_truncated) made_by += " --truncated=keep";
  header.mutable_lineage()->set_made_by(made_by);
  return header;
}

// One import: file after file into one recording.
class Import {
 public:
  Import(FileSystem& files, const ExchangeFormat& format, const ImportChoices& choices,
         ArrivalSequence arrivals, const Redactor& redactor, RecordingWriter& writer,
         Notices& notices)
      : files_(files),
        format_(format),
        choices_(choices),
        arrivals_(std::move(arrivals)),
        redactor_(redactor),
        writer_(writer),
        notices_(notices) {}

  absl::Status AddFile(const std::string& path) {
    ASSIGN_OR_RETURN(auto source, OpenByteSource(files_, path));
    const ByteSource& bytes = *source;  // the importer's, which outlives the loop
    const uint64_t size = bytes.file_bytes();
    ASSIGN_OR_RETURN(const auto importer, format_.make_importer({path, std::move(source),
                                                                 &arrivals_, &tally_, choices_}));
    ImportedRequest request;
    for (uint64_t ordinal = 1;; ++ordinal) {
      RETURN_IF_ERROR(CheckInterrupt());
      notices_.Progress("imported " + path, bytes.file_bytes_read(), size);
      const absl::StatusOr<bool> more = importer->Next(&request);
      if (!more.ok()) {
        tally_.Add("rest of a file", Message(more.status()));
        return absl::OkStatus();
      }
      if (!*more) return absl::OkStatus();
      RETURN_IF_ERROR(Append(fmt::format("{}: request {}", path, ordinal), &request));
    }
  }

  const Tally& tally() const { return tally_; }

 private:
  absl::Status Append(const std::string& place, ImportedRequest* request) {
    redactor_.Redact(&request->record);
    if (request->response) redactor_.Redact(&*request->response);
    const Response* const response = request->response ? &*request->response : nullptr;
    absl::Status status = writer_.Append(request->record, response);
    if (response != nullptr && absl::IsInvalidArgument(status)) {
      status = writer_.Append(request->record, nullptr);
      if (status.ok()) tally_.Add("response that no segment can hold", place);
    }
    if (!absl::IsInvalidArgument(status)) return status;
    tally_.Add("request that no segment can hold", place);
    return absl::OkStatus();
  }

  FileSystem& files_;
  const ExchangeFormat& format_;
  const ImportChoices& choices_;
  ArrivalSequence arrivals_;
  const Redactor& redactor_;
  RecordingWriter& writer_;
  Notices& notices_;
  Tally tally_;
};

}  // namespace

absl::StatusOr<ExitCode> ImportFiles(FileSystem& files, const Clock& clock,
                                     const ImportOptions& options, Output& output,
                                     Notices& notices) {
  if (options.out.empty()) return UsageError("name the new recording with --out=DIR");
  ASSIGN_OR_RETURN(ArrivalSequence arrivals, MakeArrivals(options));
  ASSIGN_OR_RETURN(const ExchangeFormat* const format, FormatOf(files, options));
  KeyBeside key(files, options);
  ASSIGN_OR_RETURN(const Redactor redactor, MakeRedactor(files, options));
  RecordingWriterOptions writing;
  writing.out = options.out;
  ASSIGN_OR_RETURN(
      const auto writer,
      RecordingWriter::Create(files, clock, writing, HeaderOf(options, *format, redactor)));
  Import import(files, *format, options.choices, std::move(arrivals), redactor, *writer, notices);
  for (const std::string& path : options.paths) RETURN_IF_ERROR(import.AddFile(path));
  notices.EndProgress();
  const bool any = writer->records() > 0;
  if (any) {
    RETURN_IF_ERROR(writer->Finish());
    key.Keep();
  }
  output.Write(
      fmt::format("imported {} requests, {} responses\n", writer->records(), writer->responses()));
  for (const std::string& line : TallyLines(import.tally())) output.Write(line + '\n');
  if (!any) return UnusableError("nothing could be imported as {}", format->name);
  return ExitCode::kPass;
}

}  // namespace shadowreel
