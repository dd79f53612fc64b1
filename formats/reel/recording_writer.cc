#include "formats/reel/recording_writer.h"

#include <utility>

#include "base/status.h"
#include "formats/segment/response_codec.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {
namespace {

std::string WithoutSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RecordingWriter>> RecordingWriter::Create(
    FileSystem& files, const Clock& clock, const RecordingWriterOptions& options,
    trace::SegmentHeader header) {
  std::unique_ptr<RecordingWriter> writer(
      new RecordingWriter(files, clock, options, std::move(header)));
  RETURN_IF_ERROR(writer->MakeDirectory());
  RETURN_IF_ERROR(writer->OpenSegment());
  return writer;
}

RecordingWriter::RecordingWriter(FileSystem& files, const Clock& clock,
                                 RecordingWriterOptions options, trace::SegmentHeader header)
    : files_(files),
      clock_(clock),
      options_([&] {
        options.out = WithoutSlashes(std::move(options.out));
        return std::move(options);
      }()),
      header_(std::move(header)) {
  header_.clear_recording_uuid();  // the first segment draws it
  header_.clear_previous_segment_uuid();
  header_.set_sequence(0);
  header_.set_first_record_number(1);
}

RecordingWriter::~RecordingWriter() {
  segment_.reset();
  if (directory_.empty()) return;
  const auto names = files_.List(directory_);
  if (!names.ok()) return;
  for (const std::string& name : *names) files_.Remove(JoinPath(directory_, name)).IgnoreError();
  files_.RemoveDirectory(directory_).IgnoreError();
}

absl::Status RecordingWriter::MakeDirectory() {
  const std::string& out = options_.out;
  if (out.empty()) return UsageError("no directory to write to");
  if (files_.Kind(out) != FileKind::kMissing) {
    return UsageError("{} exists already: name a directory that does not", out);
  }
  if (files_.Kind(DirectoryOf(out)) != FileKind::kDirectory) {
    return UnusableError("cannot create {}: there is no directory {}", out, DirectoryOf(out));
  }
  const std::string partial = out + ".partial";
  if (files_.Kind(partial) != FileKind::kMissing) {
    return UnusableError(
        "{} exists: another reel is writing it, or was killed doing so; remove it if none is",
        partial);
  }
  RETURN_IF_ERROR(files_.CreateDirectory(partial));
  directory_ = partial;
  return absl::OkStatus();
}

absl::Status RecordingWriter::OpenSegment() {
  header_.set_sequence(header_.sequence() + 1);
  if (segment_ != nullptr) {
    header_.set_recording_uuid(segment_->header().recording_uuid());
    header_.set_previous_segment_uuid(segment_->header().segment_uuid());
    header_.set_first_record_number(segment_->next_number());
    sealed_bytes_ += segment_->file_bytes();
  }
  ASSIGN_OR_RETURN(segment_, SegmentWriter::Create(files_, clock_, directory_,
                                                   fmt::format("{:06}", header_.sequence()),
                                                   header_, options_.segment));
  return absl::OkStatus();
}

absl::Status RecordingWriter::Append(const Record& record, const Response* response) {
  // Before the record is in.
  if (response != nullptr && ResponseHeadBound(*response) > kMaxRecordHead) {
    return UsageError("a response's head of {} bytes is too large: a segment takes {}",
                      ResponseHeadBound(*response), kMaxRecordHead);
  }
  const bool holds_records = segment_->next_number() > header_.first_record_number();
  if (holds_records && segment_->file_bytes() >= options_.segment_bytes) {
    RETURN_IF_ERROR(segment_->Seal());
    RETURN_IF_ERROR(OpenSegment());
  }
  ASSIGN_OR_RETURN(const uint64_t number, segment_->Append(record));
  if (response == nullptr) return absl::OkStatus();
  ++responses_;
  return segment_->AppendResponse(number, *response);
}

absl::Status RecordingWriter::Finish() {
  RETURN_IF_ERROR(segment_->Seal());
  RETURN_IF_ERROR(files_.Rename(directory_, options_.out));
  directory_ = options_.out;
  RETURN_IF_ERROR(files_.SyncDirectory(DirectoryOf(options_.out)));
  directory_.clear();
  return absl::OkStatus();
}

}  // namespace shadowreel
