#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/file_system.h"
#include "formats/segment/chunk_header.h"

namespace shadowreel {

// Bytes that a search reads at a time.
inline constexpr size_t kSearchWindow = size_t{1} << 20;

// The first place from `from` on where a chunk header of the file with `marker` stands, with its
// checksum and its own offset sound, and ends by `end`; `end` when there is none.
absl::StatusOr<uint64_t> FindChunkHeader(const RandomAccessFile& file, uint64_t marker,
                                         uint64_t from, uint64_t end);

// The marker of a file whose first chunk and trailer are both lost: that of the chunks, whole and
// at their own offset, that cover most of it. A request body could hold chunks of another marker,
// but not outweigh those that hold it. Nothing when there is no whole chunk.
absl::StatusOr<std::optional<uint64_t>> GuessMarker(const RandomAccessFile& file);

}  // namespace shadowreel
