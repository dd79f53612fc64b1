#include "formats/segment/chunk_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "base/status.h"
#include "formats/segment/payload_codec.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {
namespace {

// Markers that are told apart; a file that holds more is another kind of file.
constexpr size_t kMaxCandidates = 64;

// As in the file.
std::array<char, 8> LittleEndian(uint64_t value) {
  std::array<char, 8> bytes{};
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  return bytes;
}

// Finds a marker in bytes: by its byte that is least likely in text, since memchr is twice as fast
// as memmem.
class MarkerFinder {
 public:
  explicit MarkerFinder(uint64_t marker) : marker_(LittleEndian(marker)) {
    for (size_t i = 0; i < marker_.size(); ++i) {
      if (static_cast<uint8_t>(marker_[i]) > static_cast<uint8_t>(marker_[rare_])) rare_ = i;
    }
  }

  // The first place from `from` on; npos when there is none.
  size_t Find(std::string_view bytes, size_t from) const {
    for (size_t at = from; bytes.size() - at >= marker_.size(); ++at) {
      const size_t places = bytes.size() - at - marker_.size() + 1;
      const void* const found = std::memchr(bytes.data() + at + rare_, marker_[rare_], places);
      if (found == nullptr) break;
      at = static_cast<size_t>(static_cast<const char*>(found) - bytes.data()) - rare_;
      if (std::memcmp(bytes.data() + at, marker_.data(), marker_.size()) == 0) return at;
    }
    return std::string_view::npos;
  }

 private:
  const std::array<char, 8> marker_;
  size_t rare_ = 0;  // index
};

uint64_t Load(const char* at) {
  static_assert(std::endian::native == std::endian::little);
  uint64_t value = 0;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

struct Candidate {
  uint64_t marker;
  uint64_t bytes;  // of whole chunks
};

class MarkerGuess {
 public:
  explicit MarkerGuess(const RandomAccessFile& file) : file_(file) {}

  absl::StatusOr<std::optional<uint64_t>> Run() {
    uint64_t at = 0;
    while (at < file_.size()) {
      RETURN_IF_ERROR(file_.ReadAt(at, kSearchWindow + chunk_header::kSize, &window_));
      if (window_.size() < chunk_header::kSize) break;
      ASSIGN_OR_RETURN(at, SearchWindow(at));
    }
    if (candidates_.empty()) return std::nullopt;
    return std::max_element(candidates_.begin(), candidates_.end(),
                            [](const auto& a, const auto& b) { return a.bytes < b.bytes; })
        ->marker;
  }

 private:
  // Returns where to go on: after a chunk, or after the window.
  absl::StatusOr<uint64_t> SearchWindow(uint64_t begin) {
    const size_t places = window_.size() - chunk_header::kSize + 1;
    for (size_t i = 0; i < places; ++i) {
      if (Load(window_.data() + i + chunk_header::kOffset) != begin + i) continue;
      const auto header =
          DecodeChunkHeader(std::string_view(window_).substr(i, chunk_header::kSize));
      if (!header || header->marker == 0) continue;
      ASSIGN_OR_RETURN(const bool whole, IsWhole(*header, begin + i));
      if (!whole) continue;
      Count(header->marker, header->info.end() - header->info.offset);
      return header->info.end();
    }
    return begin + places;
  }

  absl::StatusOr<bool> IsWhole(const ChunkHeader& header, uint64_t at) {
    if (!ChunkHeaderFlaw(header, header.marker, at).empty()) return false;
    RETURN_IF_ERROR(file_.ReadAt(at + chunk_header::kSize, header.info.stored_length, &payload_));
    return payload_.size() == header.info.stored_length && Crc32c(payload_) == header.payload_crc;
  }

  void Count(uint64_t marker, uint64_t bytes) {
    for (Candidate& candidate : candidates_) {
      if (candidate.marker != marker) continue;
      candidate.bytes += bytes;
      return;
    }
    if (candidates_.size() < kMaxCandidates) candidates_.push_back({marker, bytes});
  }

  const RandomAccessFile& file_;
  std::string window_;
  std::string payload_;
  std::vector<Candidate> candidates_;
};

}  // namespace

absl::StatusOr<uint64_t> FindChunkHeader(const RandomAccessFile& file, uint64_t marker,
                                         uint64_t from, uint64_t end) {
  const MarkerFinder finder(marker);
  std::string window;
  // Windows overlap by a header, so that one across their border is found whole.
  for (uint64_t begin = from; begin < end && end - begin >= chunk_header::kSize;
       begin += kSearchWindow) {
    const uint64_t length = std::min<uint64_t>(end - begin, kSearchWindow + chunk_header::kSize);
    RETURN_IF_ERROR(file.ReadAt(begin, length, &window));
    const std::string_view bytes = window;
    for (size_t at = 0; bytes.size() - at >= chunk_header::kSize; ++at) {
      at = finder.Find(bytes, at);
      if (at == std::string_view::npos) break;
      const auto header = DecodeChunkHeader(bytes.substr(at, chunk_header::kSize));
      if (header && header->info.offset == begin + at) return begin + at;
    }
  }
  return end;
}

absl::StatusOr<std::optional<uint64_t>> GuessMarker(const RandomAccessFile& file) {
  return MarkerGuess(file).Run();
}

}  // namespace shadowreel
