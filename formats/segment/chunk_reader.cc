#include "formats/segment/chunk_reader.h"

#include <google/protobuf/stubs/logging.h>

#include <utility>

#include "base/status.h"
#include "formats/segment/chunk_scan.h"
#include "formats/segment/payload_codec.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {
namespace {

constexpr uint64_t kFirstChunk = kSegmentMagic.size();

ChunkInfo FromEntry(const trace::ChunkEntry& entry) {
  ChunkInfo chunk;
  chunk.offset = entry.offset();
  chunk.first_record = entry.first_record();
  chunk.min_arrival_nanos = entry.min_arrival_nanos();
  chunk.max_arrival_nanos = entry.max_arrival_nanos();
  chunk.record_count = entry.record_count();
  chunk.stored_length = entry.stored_length();
  chunk.raw_length = entry.raw_length();
  chunk.type = static_cast<ChunkType>(entry.type());
  chunk.codec = static_cast<ChunkCodec>(entry.codec());
  return chunk;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChunkReader>> ChunkReader::Open(FileSystem& files, std::string path,
                                                               RecoveryMode mode) {
  const google::protobuf::LogSilencer quiet;  // what is wrong is said by us, with its place
  ASSIGN_OR_RETURN(std::unique_ptr<RandomAccessFile> file, files.Open(path));
  std::unique_ptr<ChunkReader> reader(new ChunkReader(std::move(path), std::move(file)));
  bool strict = mode == RecoveryMode::kStrict;
  if (mode == RecoveryMode::kTail) {
    // A trailer is the last that is written: with one, there is no torn tail.
    const absl::Status sealed = reader->ReadTrailer();
    if (!sealed.ok() && !absl::IsDataLoss(sealed)) return sealed;
    strict = sealed.ok();
  }
  RETURN_IF_ERROR(strict ? reader->OpenStrict() : reader->OpenScanned(mode));
  reader->report_.path = reader->path_;
  reader->report_.mode = mode;
  return reader;
}

absl::Status ChunkReader::OpenStrict() {
  RETURN_IF_ERROR(ReadMagic());
  RETURN_IF_ERROR(ReadTrailer());
  RETURN_IF_ERROR(ReadHeader());
  RETURN_IF_ERROR(ReadFooter());
  RETURN_IF_ERROR(CheckTypes());
  report_.footer_intact = footer_flaw_.ok();
  return absl::OkStatus();
}

absl::Status ChunkReader::OpenScanned(RecoveryMode mode) {
  ASSIGN_OR_RETURN(ChunkScan scan, ScanChunks(*file_, path_));
  if (mode == RecoveryMode::kTail && !scan.report.damaged.empty()) {
    return DamageError(
        "{}: damaged at offset {}, and whole chunks follow: this is no torn tail; read what is "
        "left by --recovery=salvage",
        path_, scan.report.damaged.front().begin);
  }
  marker_ = scan.marker;
  header_ = std::move(scan.header);
  footer_ = std::move(scan.footer);
  if (!scan.report.footer_intact) footer_flaw_ = DamageError("{}: no intact footer", path_);
  chunks_ = std::move(scan.chunks);
  report_ = std::move(scan.report);
  had_records_ = scan.had_records;
  scanned_ = true;
  return absl::OkStatus();
}

ChunkReader::ChunkReader(std::string path, std::unique_ptr<RandomAccessFile> file)
    : path_(std::move(path)), file_(std::move(file)) {}

absl::Status ChunkReader::Damaged(uint64_t offset, std::string_view what) const {
  return DamageError("{}: damaged chunk at offset {}: {}", path_, offset, what);
}

absl::Status ChunkReader::ReadMagic() const {
  std::string magic;
  RETURN_IF_ERROR(file_->ReadAt(0, kSegmentMagic.size(), &magic));
  if (magic == kSegmentMagic) return absl::OkStatus();
  const std::string_view without_version = kSegmentMagic.substr(0, kSegmentMagic.size() - 1);
  if (magic.size() == kSegmentMagic.size() &&
      magic.compare(0, magic.size() - 1, without_version) == 0) {
    return UnusableError("{}: segment of container version {}, this Shadowreel reads version {}",
                         path_, static_cast<uint8_t>(magic.back()),
                         static_cast<uint8_t>(kSegmentMagic.back()));
  }
  return UnusableError("{}: not a Shadowreel segment (it does not begin with the segment magic)",
                       path_);
}

absl::Status ChunkReader::ReadTrailer() {
  const uint64_t size = file_->size();
  if (size < kFirstChunk + kTrailerSize) return NotSealed();
  const uint64_t at = size - kTrailerSize;
  std::string bytes;
  RETURN_IF_ERROR(file_->ReadAt(at, kTrailerSize, &bytes));
  const std::optional<Trailer> trailer = DecodeTrailer(bytes);
  if (!trailer) return NotSealed();
  if (trailer->footer_offset < kFirstChunk || trailer->footer_offset >= at) {
    return DamageError("{}: damaged trailer at offset {}: it places the footer at {}", path_, at,
                       trailer->footer_offset);
  }
  marker_ = trailer->marker;
  footer_offset_ = trailer->footer_offset;
  return absl::OkStatus();
}

absl::Status ChunkReader::NotSealed() const {
  uint64_t at = kFirstChunk;
  uint64_t records = 0;
  std::string bytes;
  RETURN_IF_ERROR(file_->ReadAt(at, chunk_header::kSize, &bytes));
  // Without a trailer the first chunk is the one to say what the marker is.
  const std::optional<ChunkHeader> first = DecodeChunkHeader(bytes);
  while (first) {
    absl::StatusOr<ChunkHeader> header = ReadChunkHeader(at, file_->size(), first->marker);
    if (!header.ok()) break;
    at = header->info.end();
    records += header->info.record_count;
  }
  return DamageError(
      "{}: segment is not sealed: it ends at offset {} (the last whole chunk ends at {}, {} "
      "records "
      "before it); its recorder still writes it or was killed, or it was cut: copy it again whole, "
      "or let 'reel recover' seal what is left",
      path_, file_->size(), at, records);
}

absl::StatusOr<ChunkHeader> ChunkReader::ReadChunkHeader(uint64_t offset, uint64_t end,
                                                         uint64_t marker) const {
  if (offset > end || end - offset < chunk_header::kSize) return Damaged(offset, "it is cut");
  std::string bytes;
  RETURN_IF_ERROR(file_->ReadAt(offset, chunk_header::kSize, &bytes));
  const std::optional<ChunkHeader> header = DecodeChunkHeader(bytes);
  if (!header) return Damaged(offset, "its header does not match its checksum");
  const std::string_view flaw = ChunkHeaderFlaw(*header, marker, offset);
  if (!flaw.empty()) return Damaged(offset, flaw);
  if (header->info.stored_length > end - offset - chunk_header::kSize) {
    return Damaged(offset, "it is cut");
  }
  return *header;
}

absl::Status ChunkReader::ReadStored(const ChunkInfo& chunk, ChunkHeader* header,
                                     std::string* stored) const {
  RETURN_IF_ERROR(file_->ReadAt(chunk.offset, chunk_header::kSize + chunk.stored_length, stored));
  ASSIGN_OR_RETURN(*header, CheckStored(chunk, *stored));
  stored->erase(0, chunk_header::kSize);
  return absl::OkStatus();
}

absl::StatusOr<ChunkHeader> ChunkReader::CheckStored(const ChunkInfo& chunk,
                                                     std::string_view all) const {
  const std::optional<ChunkHeader> decoded = DecodeChunkHeader(all.substr(0, chunk_header::kSize));
  if (!decoded) return Damaged(chunk.offset, "its header does not match its checksum");
  const std::string_view flaw = ChunkHeaderFlaw(*decoded, marker_, chunk.offset);
  if (!flaw.empty()) return Damaged(chunk.offset, flaw);
  if (decoded->info != chunk)
    return Damaged(chunk.offset, "its header is not what the footer says");
  const std::string_view stored = all.substr(chunk_header::kSize);
  if (stored.size() != chunk.stored_length) return Damaged(chunk.offset, "it is cut");
  if (Crc32c(stored) != decoded->payload_crc) {
    return Damaged(chunk.offset, "its payload does not match its checksum");
  }
  return *decoded;
}

absl::Status ChunkReader::ReadChunk(const ChunkInfo& chunk, ChunkHeader* header,
                                    std::string* raw) const {
  std::string bytes;
  RETURN_IF_ERROR(file_->ReadAt(chunk.offset, chunk_header::kSize + chunk.stored_length, &bytes));
  ASSIGN_OR_RETURN(*header, CheckStored(chunk, bytes));
  const std::string_view stored = std::string_view(bytes).substr(chunk_header::kSize);
  const std::string_view flaw = DecodePayload(chunk.codec, stored, chunk.raw_length, raw);
  return flaw.empty() ? absl::OkStatus() : Damaged(chunk.offset, flaw);
}

absl::Status ChunkReader::ReadPayload(const ChunkInfo& chunk, std::string* raw) const {
  ChunkHeader header;
  return ReadChunk(chunk, &header, raw);
}

absl::Status ChunkReader::ReadHeader() {
  ASSIGN_OR_RETURN(const ChunkHeader chunk, ReadChunkHeader(kFirstChunk, footer_offset_, marker_));
  if (chunk.info.type != ChunkType::kHeader) return Damaged(kFirstChunk, "it is no segment header");
  std::string raw;
  RETURN_IF_ERROR(ReadPayload(chunk.info, &raw));
  if (!header_.ParseFromString(raw) || header_.segment_uuid().size() != kUuidSize ||
      header_.recording_uuid().size() != kUuidSize) {
    return Damaged(kFirstChunk, "the segment header does not decode");
  }
  if (header_.incompatible_features() != 0) {
    return UnusableError(
        "{}: written with features that this version does not know (bits {:#x}): read it with a "
        "newer Shadowreel",
        path_, header_.incompatible_features());
  }
  return absl::OkStatus();
}

absl::Status ChunkReader::ReadFooter() {
  footer_flaw_ = LoadFooter();
  if (footer_flaw_.ok() && !chunks_.empty()) return absl::OkStatus();
  if (!footer_flaw_.ok()) {
    // What could not be read at all is no damage.
    if (!absl::IsDataLoss(footer_flaw_)) return footer_flaw_;
    footer_.Clear();
  }
  return HopChunks();
}

absl::Status ChunkReader::LoadFooter() {
  const uint64_t end = file_->size() - kTrailerSize;
  ASSIGN_OR_RETURN(const ChunkHeader chunk, ReadChunkHeader(footer_offset_, end, marker_));
  if (chunk.info.type != ChunkType::kFooter || chunk.info.end() != end) {
    return Damaged(footer_offset_, "it is no footer");
  }
  std::string raw;
  RETURN_IF_ERROR(ReadPayload(chunk.info, &raw));
  if (!footer_.ParseFromString(raw)) return Damaged(footer_offset_, "the footer does not decode");
  if (footer_.header().SerializeAsString() != header_.SerializeAsString()) {
    return Damaged(footer_offset_, "the footer repeats another header");
  }
  RETURN_IF_ERROR(TakeIndex());
  footer_.clear_chunks();
  if (!chunks_.empty() && chunk.sequence != chunks_.size()) {
    return Damaged(footer_offset_, "the footer is out of sequence");
  }
  return absl::OkStatus();
}

// The chunks must follow each other from the magic to the footer without a gap.
absl::Status ChunkReader::TakeIndex() {
  if (footer_.chunks().empty()) return absl::OkStatus();
  std::vector<ChunkInfo> chunks;
  chunks.reserve(static_cast<size_t>(footer_.chunks_size()));
  uint64_t at = kFirstChunk;
  for (const trace::ChunkEntry& entry : footer_.chunks()) {
    const ChunkInfo chunk = FromEntry(entry);
    if (entry.type() > UINT8_MAX || entry.codec() > UINT8_MAX || chunk.offset != at ||
        at > footer_offset_ || chunk.raw_length > kMaxRawLength ||
        chunk.stored_length > chunk.raw_length) {
      return Damaged(footer_offset_, "the footer's index contradicts itself");
    }
    chunks.push_back(chunk);
    at = chunk.end();
  }
  if (at != footer_offset_) return Damaged(footer_offset_, "the footer's index is not complete");
  chunks_ = std::move(chunks);
  return absl::OkStatus();
}

absl::Status ChunkReader::HopChunks() {
  chunks_.clear();
  for (uint64_t at = kFirstChunk; at != footer_offset_; at = chunks_.back().end()) {
    ASSIGN_OR_RETURN(const ChunkHeader header, ReadChunkHeader(at, footer_offset_, marker_));
    if (header.sequence != chunks_.size()) return Damaged(at, "it is out of sequence");
    chunks_.push_back(header.info);
  }
  return absl::OkStatus();
}

absl::Status ChunkReader::CheckTypes() const {
  for (const ChunkInfo& chunk : chunks_) {
    if (MayReadPast(chunk.type)) continue;
    return UnusableError(
        "{}: chunk at offset {} is of type {:#04x}, which this version does not know and must not "
        "skip: read it with a newer Shadowreel",
        path_, chunk.offset, static_cast<uint8_t>(chunk.type));
  }
  return absl::OkStatus();
}

absl::Status ChunkReader::VerifyChunk(size_t index, std::string* raw) const {
  const google::protobuf::LogSilencer quiet;  // what is wrong is said by us, with its place
  const ChunkInfo& chunk = chunks_[index];
  ChunkHeader header;
  RETURN_IF_ERROR(ReadChunk(chunk, &header, raw));
  if (header.sequence != index) return Damaged(chunk.offset, "it is out of sequence");
  if (chunk.type != ChunkType::kHeader) return absl::OkStatus();
  trace::SegmentHeader repeat;
  if (!repeat.ParseFromString(*raw) || repeat.SerializeAsString() != header_.SerializeAsString()) {
    return Damaged(chunk.offset, "it repeats another segment header");
  }
  return absl::OkStatus();
}

}  // namespace shadowreel
