#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "formats/record.h"

namespace shadowreel {

// "000007-1a2b3c4d": a segment's sequence in its recording and the start of its uuid. The uuid
// keeps names apart when a sequence is used again.
std::string SegmentName(uint32_t sequence, const Uuid& uuid);
// The sequence in a file's name; nothing when the file is no segment of ours, sealed or open.
std::optional<uint32_t> SegmentSequence(std::string_view file_name);
// Those of `names` that are segments, sealed or open.
std::vector<std::string> SegmentNames(const std::vector<std::string>& names);

// What the segments in a directory say about where its capture stands.
struct SegmentInventory {
  uint32_t next_sequence = 1;
  uint64_t next_record_number = 1;      // after the sealed segments of this recording
  uint64_t bytes = 0;                   // of all segment files
  std::vector<std::string> unreadable;  // paths of unsealed and damaged segments
};

// Looks at the files `names` of `directory`; reads headers and footers only.
absl::StatusOr<SegmentInventory> TakeSegmentInventory(FileSystem& files,
                                                      const std::string& directory,
                                                      const std::vector<std::string>& names,
                                                      const Uuid& recording);

}  // namespace shadowreel
