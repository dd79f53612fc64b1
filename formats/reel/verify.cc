#include "formats/reel/verify.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "base/status.h"
#include "base/units.h"
#include "formats/byte_text.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/recording_access.h"
#include "formats/reel/secret_search.h"
#include "formats/segment/number_ranges.h"
#include "formats/segment/recovery_report.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"

namespace shadowreel {
namespace {

constexpr uint64_t kShownFindings = 20;
constexpr size_t kMaxRanges = 1'000'000;

bool IsSegmentName(std::string_view name) {
  return name.ends_with(kSealedSuffix) || name.ends_with(kOpenSuffix);
}

// Unlike ListSegments: unsealed segments too.
absl::Status AppendSegments(FileSystem& files, const std::string& path,
                            std::vector<std::string>* segments) {
  const FileKind kind = files.Kind(path);
  if (kind == FileKind::kMissing) return UnusableError("{}: no such file or directory", path);
  if (kind != FileKind::kDirectory) {
    segments->push_back(path);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(path));
  const size_t before = segments->size();
  for (const std::string& name : names) {
    if (IsSegmentName(name)) segments->push_back(JoinPath(path, name));
  }
  if (segments->size() == before) {
    return UnusableError("{}: an empty recording; there is no segment (*.seg) in it", path);
  }
  return absl::OkStatus();
}

// Messages name paths as they are; a path may hold anything.
std::string OneLine(const absl::Status& status) { return EscapeForTerminal(Message(status)); }

class Verification {
 public:
  Verification(FileSystem& files, std::optional<SecretSearch> secrets, Output& output,
               Notices& notices)
      : files_(files), secrets_(std::move(secrets)), output_(output), notices_(notices) {}

  void CheckSegment(const std::string& path);
  ExitCode Summarise();

 private:
  absl::Status ReadSegment(const std::string& path);
  absl::Status CheckRecords(const SegmentReader& segment);
  void TellRecovery(const std::string& path, const trace::SegmentRecovery& recovery);
  void SearchSecrets(const SegmentReader& segment, const Record& record);
  void PrintLine(const std::string& line);

  FileSystem& files_;
  const std::optional<SecretSearch> secrets_;
  Output& output_;
  Notices& notices_;
  std::map<Uuid, NumberRanges> numbers_;  // by recording
  uint64_t whole_ = 0;                    // segments
  uint64_t damaged_ = 0;
  uint64_t unreadable_ = 0;
  uint64_t records_ = 0;  // of whole segments
  uint64_t bytes_ = 0;
  uint64_t findings_ = 0;
};

void Verification::PrintLine(const std::string& line) {
  notices_.EndProgress();
  output_.Write(line + '\n');
}

void Verification::CheckSegment(const std::string& path) {
  const absl::Status status = ReadSegment(path);
  if (status.ok()) {
    ++whole_;
    return;
  }
  if (absl::IsCancelled(status)) return;  // says nothing of the segment
  const bool opens = files_.Open(path).ok();
  ++(opens ? damaged_ : unreadable_);
  PrintLine(fmt::format("{}: {}", opens ? "damaged" : "unreadable", OneLine(status)));
}

absl::Status Verification::ReadSegment(const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<SegmentReader> segment, SegmentReader::Open(files_, path));
  RETURN_IF_ERROR(segment->Verify());
  RETURN_IF_ERROR(CheckRecords(*segment));
  bytes_ += segment->file_bytes();
  if (segment->footer().has_recovery()) TellRecovery(path, segment->footer().recovery());
  return absl::OkStatus();
}

absl::Status Verification::CheckRecords(const SegmentReader& segment) {
  uint64_t records = 0;
  uint64_t duplicates = 0;
  uint64_t first_duplicate = 0;
  RETURN_IF_ERROR(ForEachRecord(segment, 0, [&](const RecordPlace&, Record& record) {
    const auto ranges = numbers_.try_emplace(record.recording, kMaxRanges).first;
    const NumberRanges::Added added = ranges->second.Add(record.number);
    if (added == NumberRanges::Added::kFull) {
      return DamageError("{}: record {}: its recording has over {} gaps between record numbers",
                         segment.path(), record.number, kMaxRanges);
    }
    if (added == NumberRanges::Added::kDuplicate && duplicates++ == 0) {
      first_duplicate = record.number;
    }
    ++records;
    if (secrets_.has_value()) SearchSecrets(segment, record);
    notices_.Progress("verified " + segment.path(), records,
                      segment.footer().statistics().records());
    return absl::OkStatus();
  }));
  if (duplicates > 0) {
    return DamageError(
        "{}: {} record numbers stand in their recording twice, the first is {}; is a segment "
        "there as a copy?",
        segment.path(), duplicates, first_duplicate);
  }
  records_ += records;
  return absl::OkStatus();
}

// What was lost was lost before: the segment is whole as it is.
void Verification::TellRecovery(const std::string& path, const trace::SegmentRecovery& recovery) {
  const std::string lost = LossText(RecoveryFromProto(recovery));
  PrintLine(fmt::format("recovered: {}: {}{}", EscapeForTerminal(path),
                        lost.empty() ? "nothing was lost" : "lost " + lost,
                        recovery.kept_original() ? "; the original was kept as *.damaged" : ""));
}

void Verification::SearchSecrets(const SegmentReader& segment, const Record& record) {
  for (const SecretSearch::Finding& finding : secrets_->Search(record)) {
    if (++findings_ > kShownFindings) continue;
    PrintLine(fmt::format("secret: {}: record {}: the secret of line {} stands in {}",
                          EscapeForTerminal(segment.path()), record.number, finding.line,
                          finding.place));
  }
}

ExitCode Verification::Summarise() {
  if (findings_ > kShownFindings) {
    PrintLine(fmt::format("secret: {} more findings", findings_ - kShownFindings));
  }
  PrintLine(fmt::format("{} segments whole ({} records, {}), {} damaged, {} unreadable{}", whole_,
                        records_, FormatBytes(bytes_), damaged_, unreadable_,
                        secrets_ ? fmt::format(", {} findings of secrets", findings_) : ""));
  if (damaged_ > 0 || findings_ > 0) return ExitCode::kFailed;
  return unreadable_ > 0 ? ExitCode::kUnusable : ExitCode::kPass;
}

}  // namespace

absl::StatusOr<ExitCode> Verify(FileSystem& files, const VerifyOptions& options, Output& output,
                                Notices& notices) {
  std::vector<std::string> segments;
  for (const std::string& path : options.paths) {
    RETURN_IF_ERROR(AppendSegments(files, path, &segments));
  }
  std::sort(segments.begin(), segments.end());
  segments.erase(std::unique(segments.begin(), segments.end()), segments.end());

  std::optional<SecretSearch> secrets;
  if (!options.secrets_path.empty()) {
    ASSIGN_OR_RETURN(secrets, SecretSearch::Load(files, options.secrets_path));
  }
  Verification verification(files, std::move(secrets), output, notices);
  for (const std::string& path : segments) {
    verification.CheckSegment(path);
    RETURN_IF_ERROR(CheckInterrupt());
  }
  return verification.Summarise();
}

}  // namespace shadowreel
