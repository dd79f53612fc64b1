#include "formats/segment/chunk_scan.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/status.h"
#include "formats/segment/chunk_search.h"
#include "formats/segment/payload_codec.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {
namespace {

constexpr uint64_t kFirstChunk = kSegmentMagic.size();

enum class Found { kWhole, kBadPayload, kNothing };

class Scanner {
 public:
  Scanner(const RandomAccessFile& file, const std::string& path) : file_(file), path_(path) {}

  absl::StatusOr<ChunkScan> Run() {
    RETURN_IF_ERROR(CheckMagic());
    RETURN_IF_ERROR(LearnMarker());
    RETURN_IF_ERROR(Walk());
    RETURN_IF_ERROR(TakeFooter());
    RETURN_IF_ERROR(CheckHeader());
    JudgeDamage();
    return std::move(scan_);
  }

 private:
  absl::Status CheckMagic();
  absl::Status LearnMarker();
  absl::Status Walk();
  absl::StatusOr<Found> Look(uint64_t at, uint64_t end, ChunkHeader* header);
  void TakeChunk(const ChunkHeader& header);
  void TakeHeader(const ChunkHeader& header);
  void AddDamage(uint64_t begin, uint64_t end);
  absl::Status TakeFooter();
  bool ParseFooter(const ChunkHeader& header);
  void CompareWithIndex();
  absl::Status CheckHeader() const;
  void JudgeDamage();
  absl::Status NothingSurvives() const;

  const RandomAccessFile& file_;
  const std::string& path_;
  ChunkScan scan_;
  uint64_t end_ = 0;  // of what is walked: the footer when sealed, else of the file
  bool magic_intact_ = false;
  uint32_t first_sequence_ = 0;     // of the first whole chunk
  bool only_headers_lost_ = false;  // the index says so
  std::string bytes_;               // of a header
  std::string payload_;             // of the chunk last looked at
};

absl::Status Scanner::NothingSurvives() const {
  return DamageError(
      "{}: no segment header survives: this is no segment, or nothing in it can be read", path_);
}

absl::Status Scanner::CheckMagic() {
  RETURN_IF_ERROR(file_.ReadAt(0, kSegmentMagic.size(), &bytes_));
  magic_intact_ = bytes_ == kSegmentMagic;
  const size_t prefix = kSegmentMagic.size() - 1;
  if (magic_intact_ || bytes_.size() <= prefix ||
      bytes_.compare(0, prefix, kSegmentMagic.substr(0, prefix)) != 0) {
    return absl::OkStatus();
  }
  return UnusableError("{}: segment of container version {}, this Shadowreel reads version {}",
                       path_, static_cast<uint8_t>(bytes_.back()),
                       static_cast<uint8_t>(kSegmentMagic.back()));
}

absl::Status Scanner::LearnMarker() {
  const uint64_t size = file_.size();
  RETURN_IF_ERROR(file_.ReadAt(kFirstChunk, chunk_header::kSize, &bytes_));
  const auto first = DecodeChunkHeader(bytes_);
  if (first && first->info.offset == kFirstChunk) scan_.marker = first->marker;

  end_ = size;
  scan_.report.sealed = false;
  std::optional<Trailer> trailer;
  if (size > kFirstChunk + kTrailerSize) {
    RETURN_IF_ERROR(file_.ReadAt(size - kTrailerSize, kTrailerSize, &bytes_));
    trailer = DecodeTrailer(bytes_);
  }
  const bool plausible = trailer && trailer->footer_offset >= kFirstChunk &&
                         trailer->footer_offset < size - kTrailerSize &&
                         (scan_.marker == 0 || scan_.marker == trailer->marker);
  if (plausible) {
    scan_.marker = trailer->marker;
    scan_.report.sealed = true;
    end_ = trailer->footer_offset;
  }
  if (scan_.marker != 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<uint64_t> guess, GuessMarker(file_));
  if (!guess) return NothingSurvives();
  scan_.marker = *guess;
  return absl::OkStatus();
}

absl::StatusOr<Found> Scanner::Look(uint64_t at, uint64_t end, ChunkHeader* header) {
  if (end - at < chunk_header::kSize) return Found::kNothing;
  RETURN_IF_ERROR(file_.ReadAt(at, chunk_header::kSize, &bytes_));
  const auto decoded = DecodeChunkHeader(bytes_);
  if (!decoded || decoded->marker != scan_.marker || decoded->info.offset != at) {
    return Found::kNothing;
  }
  if (decoded->flags != 0 || !MayReadPast(decoded->info.type)) {
    return UnusableError(
        "{}: chunk at offset {} is of type {:#04x} with flags {:#x}, which this version does not "
        "know and must not skip: read it with a newer Shadowreel",
        path_, at, static_cast<uint8_t>(decoded->info.type), decoded->flags);
  }
  const bool fits = ChunkHeaderFlaw(*decoded, scan_.marker, at).empty() &&
                    decoded->info.stored_length <= end - at - chunk_header::kSize;
  if (!fits) return Found::kNothing;
  *header = *decoded;
  RETURN_IF_ERROR(file_.ReadAt(at + chunk_header::kSize, header->info.stored_length, &payload_));
  const bool whole =
      payload_.size() == header->info.stored_length && Crc32c(payload_) == header->payload_crc;
  return whole ? Found::kWhole : Found::kBadPayload;
}

absl::Status Scanner::Walk() {
  for (uint64_t at = kFirstChunk; at < end_;) {
    ChunkHeader header;
    ASSIGN_OR_RETURN(const Found found, Look(at, end_, &header));
    if (found == Found::kWhole) {
      TakeChunk(header);
      at = header.info.end();
      continue;
    }
    // A header that is sound says where its chunk ends, whatever became of the payload.
    const uint64_t from = found == Found::kBadPayload ? header.info.end() : at + 1;
    ASSIGN_OR_RETURN(const uint64_t next, FindChunkHeader(file_, scan_.marker, from, end_));
    AddDamage(at, next);
    at = next;
  }
  return absl::OkStatus();
}

void Scanner::TakeChunk(const ChunkHeader& header) {
  if (scan_.chunks.empty()) first_sequence_ = header.sequence;
  if (header.info.type == ChunkType::kHeader) TakeHeader(header);
  scan_.chunks.push_back(header.info);
}

void Scanner::TakeHeader(const ChunkHeader& header) {
  if (!scan_.header.segment_uuid().empty()) return;
  std::string raw;
  trace::SegmentHeader parsed;
  if (!DecodePayload(header.info.codec, payload_, header.info.raw_length, &raw).empty() ||
      !parsed.ParseFromString(raw) || parsed.segment_uuid().size() != kUuidSize ||
      parsed.recording_uuid().size() != kUuidSize) {
    return;
  }
  scan_.header = std::move(parsed);
}

void Scanner::AddDamage(uint64_t begin, uint64_t end) {
  std::vector<ByteRange>& damaged = scan_.report.damaged;
  if (!damaged.empty() && damaged.back().end == begin) {
    damaged.back().end = end;
  } else {
    damaged.push_back({begin, end});
  }
}

absl::Status Scanner::TakeFooter() {
  ChunkHeader header;
  RecoveryReport& report = scan_.report;
  report.footer_intact = false;
  uint64_t at = end_;
  uint64_t end = file_.size() - (report.sealed ? kTrailerSize : 0);
  if (!report.sealed) {
    // What stands after the last whole chunk was torn off when the writer died.
    if (!report.damaged.empty() && report.damaged.back().end == end_) {
      report.torn_bytes = end_ - report.damaged.back().begin;
      report.damaged.pop_back();
    }
    const bool footer_last =
        !scan_.chunks.empty() && scan_.chunks.back().type == ChunkType::kFooter;
    at = footer_last ? scan_.chunks.back().offset : end;
  }
  if (at < end) {
    ASSIGN_OR_RETURN(const Found found, Look(at, end, &header));
    report.footer_intact =
        found == Found::kWhole && header.info.type == ChunkType::kFooter && ParseFooter(header);
  }
  std::erase_if(scan_.chunks,
                [](const ChunkInfo& chunk) { return chunk.type == ChunkType::kFooter; });
  return absl::OkStatus();
}

bool Scanner::ParseFooter(const ChunkHeader& header) {
  std::string raw;
  trace::SegmentFooter footer;
  if (!DecodePayload(header.info.codec, payload_, header.info.raw_length, &raw).empty() ||
      !footer.ParseFromString(raw) || footer.header().segment_uuid().size() != kUuidSize ||
      footer.header().recording_uuid().size() != kUuidSize) {
    return false;
  }
  if (scan_.header.segment_uuid().empty()) scan_.header = footer.header();
  if (footer.header().SerializeAsString() != scan_.header.SerializeAsString()) return false;
  scan_.footer = std::move(footer);
  scan_.had_records = scan_.footer.statistics().records();
  if (!scan_.footer.chunks().empty()) CompareWithIndex();
  scan_.footer.clear_chunks();
  return true;
}

void Scanner::CompareWithIndex() {
  uint64_t records = 0;
  only_headers_lost_ = true;
  auto chunk = scan_.chunks.begin();
  for (const trace::ChunkEntry& entry : scan_.footer.chunks()) {
    records += entry.record_count();
    while (chunk != scan_.chunks.end() && chunk->offset < entry.offset()) ++chunk;
    const bool survives = chunk != scan_.chunks.end() && chunk->offset == entry.offset();
    if (!survives && entry.type() != static_cast<uint32_t>(ChunkType::kHeader)) {
      only_headers_lost_ = false;
    }
  }
  scan_.had_records = records;
}

absl::Status Scanner::CheckHeader() const {
  if (scan_.header.segment_uuid().empty()) return NothingSurvives();
  if (scan_.header.incompatible_features() == 0) return absl::OkStatus();
  return UnusableError(
      "{}: written with features that this version does not know (bits {:#x}): read it with a "
      "newer Shadowreel",
      path_, scan_.header.incompatible_features());
}

void Scanner::JudgeDamage() {
  RecoveryReport& report = scan_.report;
  for (const ByteRange& range : report.damaged) {
    // The first chunk is the header: when the second follows, no other is missing.
    const bool only_header =
        only_headers_lost_ || (range.begin == kFirstChunk && first_sequence_ == 1);
    if (!only_header) report.lost_in_middle = true;
  }
  if (!magic_intact_) {
    if (!report.damaged.empty() && report.damaged.front().begin == kFirstChunk) {
      report.damaged.front().begin = 0;
    } else {
      report.damaged.insert(report.damaged.begin(), {0, kFirstChunk});
    }
  }
  for (const ByteRange& range : report.damaged) report.damaged_bytes += range.end - range.begin;
}

}  // namespace

absl::StatusOr<ChunkScan> ScanChunks(const RandomAccessFile& file, const std::string& path) {
  const google::protobuf::LogSilencer quiet;  // what is wrong is said by us, with its place
  ASSIGN_OR_RETURN(ChunkScan scan, Scanner(file, path).Run());
  scan.report.path = path;
  scan.report.mode = RecoveryMode::kSalvage;
  return scan;
}

absl::StatusOr<trace::SegmentHeader> ReadSegmentHeader(FileSystem& files, const std::string& path) {
  const google::protobuf::LogSilencer quiet;  // what is wrong is said by us, with its place
  ASSIGN_OR_RETURN(const std::unique_ptr<RandomAccessFile> file, files.Open(path));
  std::string bytes;
  RETURN_IF_ERROR(file->ReadAt(kFirstChunk, chunk_header::kSize, &bytes));
  const auto first = DecodeChunkHeader(bytes);
  if (first && ChunkHeaderFlaw(*first, first->marker, kFirstChunk).empty() &&
      first->info.type == ChunkType::kHeader && first->info.codec == ChunkCodec::kPlain) {
    RETURN_IF_ERROR(
        file->ReadAt(kFirstChunk + chunk_header::kSize, first->info.stored_length, &bytes));
    trace::SegmentHeader header;
    if (Crc32c(bytes) == first->payload_crc && header.ParseFromString(bytes) &&
        header.segment_uuid().size() == kUuidSize && header.recording_uuid().size() == kUuidSize) {
      return header;
    }
  }
  ASSIGN_OR_RETURN(ChunkScan scan, ScanChunks(*file, path));
  return std::move(scan.header);
}

}  // namespace shadowreel
