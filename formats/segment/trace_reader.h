#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "formats/record.h"
#include "formats/trace.pb.h"

namespace shadowreel {

class SegmentReader;

// The segment files that `paths` name: a directory stands for the sealed segments in it, sorted
// by name. A directory without one is an error, as is a path that does not exist. Unsealed files
// (*.seg.open) found in a directory are left out and appended to `unsealed`.
absl::StatusOr<std::vector<std::string>> ListSegments(FileSystem& files,
                                                      const std::vector<std::string>& paths,
                                                      std::vector<std::string>* unsealed);

// A trace: the records of any number of segments and recordings, merged exactly by arrival (ties:
// by recording uuid, then number). Holds every segment's index and those decoded chunks whose
// arrival ranges overlap the present; continued bodies are loaded as their record is returned.
// Not thread-safe.
class TraceReader {
 public:
  static absl::StatusOr<std::unique_ptr<TraceReader>> Open(
      FileSystem& files, const std::vector<std::string>& segments);
  ~TraceReader();

  // The next record; false at the end. After an error the trace is over.
  absl::StatusOr<bool> Next(Record* record);

  // Known from the indexes, before any record is read.
  uint64_t records() const;
  WallTime first_arrival() const;  // epoch when there are no records
  WallTime last_arrival() const;
  // Distinct stripped authorities of all segments (each lists at most 256).
  const std::vector<std::string>& authorities() const;
  const std::vector<std::unique_ptr<SegmentReader>>& segments() const;
};

}  // namespace shadowreel
