#include "formats/segment/recovery.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/status.h"
#include "formats/segment/chunk_scan.h"
#include "formats/segment/chunk_writer.h"
#include "formats/segment/segment_copy.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"

namespace shadowreel {
namespace {

constexpr int kMaxSetAside = 100;  // files of one name

// The names that one segment has in the course of its life.
struct Names {
  std::string directory;
  std::string name;  // without directory and suffix
  std::string sealed;
  std::string open;
  std::string recovering;
};

absl::StatusOr<Names> NamesOf(const std::string& path) {
  std::string_view base = path;
  if (base.ends_with(kOpenSuffix)) {
    base.remove_suffix(kOpenSuffix.size());
  } else if (base.ends_with(kSealedSuffix)) {
    base.remove_suffix(kSealedSuffix.size());
  } else {
    return UsageError("{}: neither *{} nor *{}: only these can be recovered", path, kOpenSuffix,
                      kSealedSuffix);
  }
  Names names;
  names.directory = DirectoryOf(path);
  names.name = base.substr(base.rfind('/') + 1);
  const std::string stem(base);
  names.sealed = stem + std::string(kSealedSuffix);
  names.open = stem + std::string(kOpenSuffix);
  names.recovering = stem + std::string(kRecoveringSuffix);
  return names;
}

absl::StatusOr<std::string> SetAside(FileSystem& files, const Names& names,
                                     const std::string& path) {
  const std::string damaged = JoinPath(names.directory, names.name).append(kDamagedSuffix);
  std::string to = damaged;
  for (int i = 2; files.Kind(to) != FileKind::kMissing; ++i) {
    if (i > kMaxSetAside) return UnusableError("{}: too many of them; move some away", damaged);
    to = fmt::format("{}.{}", damaged, i);
  }
  RETURN_IF_ERROR(files.Rename(path, to));
  RETURN_IF_ERROR(files.SyncDirectory(names.directory));
  return to;
}

// One recovery of one segment.
class Recovery {
 public:
  Recovery(FileSystem& files, const Clock& clock, Names names)
      : files_(files), clock_(clock), names_(std::move(names)) {}

  absl::StatusOr<RecoveredSegment> Run(const RecoverOptions& options);

 private:
  bool IsSound() const;
  absl::StatusOr<RecoveredSegment> TakeUp();
  absl::Status Write(const SegmentReader& segment);
  absl::Status WriteRecovering(const SegmentReader& segment, ChunkWriter* writer);
  absl::Status Publish(ChunkWriter* writer);
  absl::Status RemoveOriginal();
  absl::Status CheckSameSegment(const trace::SegmentHeader& header) const;

  FileSystem& files_;
  const Clock& clock_;
  const Names names_;
  RecoveredSegment result_;
  bool keep_original_ = false;
};

absl::StatusOr<RecoveredSegment> Recovery::Run(const RecoverOptions& options) {
  result_.path = names_.sealed;
  const bool open = files_.Kind(names_.open) == FileKind::kFile;
  const bool sealed = files_.Kind(names_.sealed) == FileKind::kFile;
  if (open && sealed) return TakeUp();
  if (!open && !sealed) return UnusableError("{}: no such file", names_.sealed);
  if (files_.Kind(names_.recovering) != FileKind::kMissing) {
    RETURN_IF_ERROR(files_.Remove(names_.recovering));  // of a recovery that did not end
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<SegmentReader> segment,
                   SegmentReader::Open(files_, open ? names_.open : names_.sealed,
                                       RecoveryMode::kSalvage, options.limit));
  result_.header = segment->header();
  result_.report = segment->report();
  if (sealed && result_.report.Clean() && IsSound()) return std::move(result_);
  result_.changed = true;
  RETURN_IF_ERROR(Write(*segment));
  return std::move(result_);
}

// What salvage has no complaint of may still be nonsense under sound checksums.
bool Recovery::IsSound() const {
  const auto segment = SegmentReader::Open(files_, names_.sealed);
  return segment.ok() && (*segment)->Verify().ok();
}

// The sealed segment has its name already; the original waits to be removed.
absl::StatusOr<RecoveredSegment> Recovery::TakeUp() {
  ASSIGN_OR_RETURN(const std::unique_ptr<SegmentReader> segment,
                   SegmentReader::Open(files_, names_.sealed));
  if (!segment->footer().has_recovery()) {
    return UnusableError(
        "{} and {} both exist, and the one was not recovered from the other: move "
        "one away",
        names_.open, names_.sealed);
  }
  RETURN_IF_ERROR(CheckSameSegment(segment->header()));
  RETURN_IF_ERROR(segment->Verify());
  const trace::SegmentRecovery& recovery = segment->footer().recovery();
  result_.changed = true;
  result_.header = segment->header();
  result_.report = RecoveryFromProto(recovery);
  result_.report.path = names_.open;
  result_.report.sealed = false;
  result_.report.records = segment->records();
  RETURN_IF_ERROR(files_.SyncDirectory(names_.directory));
  keep_original_ = recovery.kept_original();
  RETURN_IF_ERROR(RemoveOriginal());
  return std::move(result_);
}

absl::Status Recovery::CheckSameSegment(const trace::SegmentHeader& header) const {
  absl::StatusOr<trace::SegmentHeader> original = ReadSegmentHeader(files_, names_.open);
  RETURN_IF_ERROR(original.status());
  if (original->segment_uuid() == header.segment_uuid()) return absl::OkStatus();
  return UnusableError("{} and {} are different segments: move one away", names_.open,
                       names_.sealed);
}

absl::Status Recovery::Write(const SegmentReader& segment) {
  ChunkWriterOptions options;
  options.suffix = kRecoveringSuffix;
  ASSIGN_OR_RETURN(const std::unique_ptr<ChunkWriter> writer,
                   ChunkWriter::Create(files_, clock_, names_.directory, names_.name,
                                       segment.header(), options));
  const absl::Status written = WriteRecovering(segment, writer.get());
  if (!written.ok()) {
    files_.Remove(names_.recovering).IgnoreError();
    return written;
  }
  return Publish(writer.get());
}

absl::Status Recovery::WriteRecovering(const SegmentReader& segment, ChunkWriter* writer) {
  RETURN_IF_ERROR(CopyReadable(segment, writer));
  const RecoveryReport& report = segment.report();
  trace::SegmentFooter footer;
  *footer.mutable_statistics() = segment.footer().statistics();
  if (segment.footer().has_ledger()) *footer.mutable_ledger() = segment.footer().ledger();
  *footer.mutable_recovery() = RecoveryToProto(report);
  footer.mutable_recovery()->set_kept_original(report.lost_in_middle || report.duplicates > 0);
  keep_original_ = footer.recovery().kept_original();
  RETURN_IF_ERROR(writer->Complete(std::move(footer)));
  // The original goes only when this holds.
  ASSIGN_OR_RETURN(const std::unique_ptr<SegmentReader> written,
                   SegmentReader::Open(files_, names_.recovering));
  RETURN_IF_ERROR(written->Verify());
  if (written->records() == report.records) return absl::OkStatus();
  return DamageError("{}: holds {} records of {}", names_.recovering, written->records(),
                     report.records);
}

absl::Status Recovery::Publish(ChunkWriter* writer) {
  if (files_.Kind(names_.open) == FileKind::kMissing) {
    RETURN_IF_ERROR(files_.Rename(names_.sealed, names_.open));
    RETURN_IF_ERROR(files_.SyncDirectory(names_.directory));
  }
  RETURN_IF_ERROR(writer->Publish());
  return RemoveOriginal();
}

absl::Status Recovery::RemoveOriginal() {
  if (keep_original_) {
    ASSIGN_OR_RETURN(result_.original, SetAside(files_, names_, names_.open));
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(files_.Remove(names_.open));
  return files_.SyncDirectory(names_.directory);
}

}  // namespace

absl::StatusOr<RecoveredSegment> RecoverSegment(FileSystem& files, const Clock& clock,
                                                const std::string& path,
                                                const RecoverOptions& options) {
  ASSIGN_OR_RETURN(Names names, NamesOf(path));
  return Recovery(files, clock, std::move(names)).Run(options);
}

absl::StatusOr<std::string> SetAsideUnreadable(FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(const Names names, NamesOf(path));
  return SetAside(files, names, path);
}

}  // namespace shadowreel
