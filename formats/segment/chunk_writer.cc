#include "formats/segment/chunk_writer.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "base/version.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {
namespace {

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  ssize_t filled = 0;
  do {
    filled = getrandom(bytes.data(), count, 0);
  } while (filled < 0 && errno == EINTR);
  // Up to 256 bytes come whole (getrandom(2)).
  CHECK(filled == static_cast<ssize_t>(count));
  return bytes;
}

std::string RandomUuid() {
  std::string uuid = RandomBytes(kUuidSize);
  // Version 4, variant 1 (RFC 9562, 5.4).
  uuid[6] = static_cast<char>((uuid[6] & 0x0f) | 0x40);
  uuid[8] = static_cast<char>((uuid[8] & 0x3f) | 0x80);
  return uuid;
}

uint64_t RandomMarker() {
  uint64_t marker = 0;
  while (marker == 0) std::memcpy(&marker, RandomBytes(sizeof(marker)).data(), sizeof(marker));
  return marker;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChunkWriter>> ChunkWriter::Create(
    FileSystem& files, const Clock& clock, std::string directory, const std::string& name,
    trace::SegmentHeader header, const ChunkWriterOptions& options) {
  std::unique_ptr<ChunkWriter> writer(
      new ChunkWriter(files, clock, std::move(directory), name, std::move(header), options));
  RETURN_IF_ERROR(writer->Begin());
  return writer;
}

ChunkWriter::ChunkWriter(FileSystem& files, const Clock& clock, std::string directory,
                         const std::string& name, trace::SegmentHeader header,
                         const ChunkWriterOptions& options)
    : files_(files),
      clock_(clock),
      directory_(std::move(directory)),
      sealed_path_(JoinPath(directory_, name).append(kSealedSuffix)),
      replaces_(options.suffix == kRecoveringSuffix),
      path_(JoinPath(directory_, name).append(options.suffix)),
      header_(std::move(header)),
      marker_(options.marker != 0 ? options.marker : RandomMarker()),
      encoder_(options.zstd_level) {
  if (header_.segment_uuid().empty()) header_.set_segment_uuid(RandomUuid());
  if (header_.recording_uuid().empty()) header_.set_recording_uuid(RandomUuid());
  CHECK(header_.segment_uuid().size() == kUuidSize && header_.recording_uuid().size() == kUuidSize);
  if (header_.created_nanos() == 0) {
    header_.set_created_nanos(clock_.WallNow().time_since_epoch().count());
  }
  if (header_.writer_version().empty()) header_.set_writer_version(kVersion);
}

absl::Status ChunkWriter::Begin() {
  if (!replaces_ && files_.Kind(sealed_path_) != FileKind::kMissing) {
    return UnusableError("cannot create {}: {} exists already", path_, sealed_path_);
  }
  ASSIGN_OR_RETURN(file_, files_.Create(path_));
  absl::Status status = AppendBytes(kSegmentMagic);
  if (status.ok()) status = WriteHeader();
  // A file without a header is of no use to anyone.
  if (!status.ok()) files_.Remove(path_).IgnoreError();
  return status;
}

absl::Status ChunkWriter::Write(ChunkType type, std::string_view raw, const ChunkRecords& records) {
  RETURN_IF_ERROR(failed_);
  CHECK(file_ != nullptr && raw.size() <= kMaxRawLength);
  if (file_bytes_ - last_header_at_ >= kHeaderRepeatBytes) RETURN_IF_ERROR(WriteHeader());
  return WriteEncoded(type, static_cast<uint32_t>(raw.size()), encoder_.Encode(raw), records);
}

absl::Status ChunkWriter::WriteHeader() {
  last_header_at_ = file_bytes_;
  return WritePlain(ChunkType::kHeader, header_.SerializeAsString());
}

absl::Status ChunkWriter::WritePlain(ChunkType type, std::string_view raw) {
  return WriteEncoded(type, static_cast<uint32_t>(raw.size()), {ChunkCodec::kPlain, raw}, {});
}

absl::Status ChunkWriter::WriteEncoded(ChunkType type, uint32_t raw_length,
                                       const PayloadEncoder::Encoded& encoded,
                                       const ChunkRecords& records) {
  ChunkHeader header;
  header.info.first_record = records.first;
  header.info.min_arrival_nanos = records.min_arrival_nanos;
  header.info.max_arrival_nanos = records.max_arrival_nanos;
  header.info.record_count = records.count;
  header.info.stored_length = static_cast<uint32_t>(encoded.bytes.size());
  header.info.raw_length = raw_length;
  header.info.type = type;
  header.info.codec = encoded.codec;
  header.anchor_wall_nanos = clock_.WallNow().time_since_epoch().count();
  header.anchor_steady_nanos = clock_.SteadyNow().time_since_epoch().count();
  header.payload_crc = Crc32c(encoded.bytes);
  return AppendChunk(header, encoded.bytes);
}

absl::Status ChunkWriter::Copy(const ChunkHeader& from, std::string_view stored) {
  RETURN_IF_ERROR(failed_);
  CHECK(file_ != nullptr && stored.size() == from.info.stored_length);
  if (file_bytes_ - last_header_at_ >= kHeaderRepeatBytes) RETURN_IF_ERROR(WriteHeader());
  return AppendChunk(from, stored);
}

absl::Status ChunkWriter::AppendChunk(ChunkHeader header, std::string_view stored) {
  header.marker = marker_;
  header.info.offset = file_bytes_;
  header.sequence = static_cast<uint32_t>(chunks_.size());
  RETURN_IF_ERROR(AppendBytes(EncodeChunkHeader(header)));
  RETURN_IF_ERROR(AppendBytes(stored));
  chunks_.push_back(header.info);
  raw_bytes_ += header.info.raw_length;
  stored_bytes_ += stored.size();
  return absl::OkStatus();
}

absl::Status ChunkWriter::AppendBytes(std::string_view bytes) {
  if (bytes.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(Remember(file_->Append(bytes)));
  file_bytes_ += bytes.size();
  return absl::OkStatus();
}

absl::Status ChunkWriter::Sync() {
  RETURN_IF_ERROR(failed_);
  CHECK(file_ != nullptr);
  RETURN_IF_ERROR(Remember(file_->Sync()));
  if (directory_synced_) return absl::OkStatus();
  directory_synced_ = true;
  return Remember(files_.SyncDirectory(directory_));
}

absl::Status ChunkWriter::Seal(trace::SegmentFooter footer) {
  RETURN_IF_ERROR(Complete(std::move(footer)));
  return Publish();
}

absl::Status ChunkWriter::Complete(trace::SegmentFooter footer) {
  RETURN_IF_ERROR(failed_);
  CHECK(file_ != nullptr);
  const Trailer trailer{file_bytes_, marker_};
  RETURN_IF_ERROR(WritePlain(ChunkType::kFooter, EncodeFooter(std::move(footer))));
  RETURN_IF_ERROR(AppendBytes(EncodeTrailer(trailer)));
  RETURN_IF_ERROR(Remember(file_->Sync()));
  RETURN_IF_ERROR(Remember(file_->Close()));
  file_.reset();
  return absl::OkStatus();
}

absl::Status ChunkWriter::Publish() {
  RETURN_IF_ERROR(failed_);
  CHECK(file_ == nullptr);
  RETURN_IF_ERROR(Remember(files_.Rename(path_, sealed_path_)));
  path_ = sealed_path_;
  return Remember(files_.SyncDirectory(directory_));
}

std::string ChunkWriter::EncodeFooter(trace::SegmentFooter footer) const {
  *footer.mutable_header() = header_;
  footer.mutable_statistics()->set_raw_bytes(raw_bytes_);
  footer.mutable_statistics()->set_stored_bytes(stored_bytes_);
  footer.set_sealed_nanos(clock_.WallNow().time_since_epoch().count());
  for (const ChunkInfo& chunk : chunks_) {
    trace::ChunkEntry* entry = footer.add_chunks();
    entry->set_offset(chunk.offset);
    entry->set_type(static_cast<uint32_t>(chunk.type));
    entry->set_codec(static_cast<uint32_t>(chunk.codec));
    entry->set_record_count(chunk.record_count);
    entry->set_stored_length(chunk.stored_length);
    entry->set_raw_length(chunk.raw_length);
    entry->set_first_record(chunk.first_record);
    entry->set_min_arrival_nanos(chunk.min_arrival_nanos);
    entry->set_max_arrival_nanos(chunk.max_arrival_nanos);
  }
  // A footer without an index is better than one that no reader accepts.
  if (footer.ByteSizeLong() > kMaxRawLength) footer.clear_chunks();
  return footer.SerializeAsString();
}

absl::Status ChunkWriter::Remember(absl::Status status) {
  if (!status.ok()) failed_ = status;
  return status;
}

}  // namespace shadowreel
