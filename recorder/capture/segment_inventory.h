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
// The sequence in a file's name; nothing when the file is no segment of ours, sealed, open or set
// aside as damaged.
std::optional<uint32_t> SegmentSequence(std::string_view file_name);
// Those of `names` that are segments, sealed, open or set aside.
std::vector<std::string> SegmentNames(const std::vector<std::string>& names);

// What the segments in a directory say about where its capture stands.
struct SegmentInventory {
  // One of this recording.
  struct Sealed {
    std::string path;
    uint64_t records = 0;
    uint64_t next_record_number = 0;  // over all that it holds, or lost when it was recovered
  };

  uint32_t next_sequence = 1;
  uint64_t next_record_number = 1;  // after the sealed segments of this recording
  uint64_t bytes = 0;               // of all segment files, damaged ones that were kept included
  std::vector<Sealed> sealed;       // by name
  // `sealed` is all that the recording has: no sequence is missing, nothing unreadable.
  bool complete = false;
  std::vector<std::string> unreadable;  // paths of unsealed and damaged segments
};

// Looks at the files `names` of `directory`; reads headers and footers only.
absl::StatusOr<SegmentInventory> TakeSegmentInventory(FileSystem& files,
                                                      const std::string& directory,
                                                      const std::vector<std::string>& names,
                                                      const Uuid& recording);

}  // namespace shadowreel
