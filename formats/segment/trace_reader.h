#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/record.h"
#include "formats/segment/segment_reader.h"

namespace shadowreel {

// The segment files that `paths` name: a directory stands for the sealed segments in it, sorted
// by name. A directory without one is an error, as is a path that does not exist. Unsealed files
// (*.seg.open) found in a directory are left out and appended to `unsealed`.
absl::StatusOr<std::vector<std::string>> ListSegments(FileSystem& files,
                                                      const std::vector<std::string>& paths,
                                                      std::vector<std::string>* unsealed);

// A trace: the records of any number of segments and recordings, merged exactly by arrival (ties:
// by recording uuid, then number). Holds every segment's index, an order of the chunks whose
// arrival ranges overlap the present, and as many of their payloads as fit `resident_bytes`;
// others are read again when their turn comes. Continued bodies are loaded as their record is
// returned. Not thread-safe.
class TraceReader {
 public:
  static constexpr size_t kResidentBytes = size_t{96} << 20;

  // Refuses the same segment named twice.
  static absl::StatusOr<std::unique_ptr<TraceReader>> Open(FileSystem& files,
                                                           const std::vector<std::string>& segments,
                                                           size_t resident_bytes = kResidentBytes);
  ~TraceReader();

  // The next record; false at the end. After an error the trace is over.
  absl::StatusOr<bool> Next(Record* record);

  // Known from the indexes, before any record is read.
  uint64_t records() const { return records_; }
  WallTime first_arrival() const { return first_arrival_; }  // epoch when there are no records
  WallTime last_arrival() const { return last_arrival_; }
  // Distinct stripped authorities of all segments (each lists at most 256).
  const std::vector<std::string>& authorities() const { return authorities_; }
  const std::vector<std::unique_ptr<SegmentReader>>& segments() const { return segments_; }

  // Chunks begun and not drained, and how many payloads of them are in memory.
  size_t open_chunks() const { return open_.size(); }
  size_t resident_chunks() const;

 private:
  struct Waiting;
  struct OpenChunk;
  struct Later;

  TraceReader(std::vector<std::unique_ptr<SegmentReader>> segments, size_t resident_bytes);
  absl::Status CheckDistinct() const;
  void Index();
  // Opens every chunk that may hold the next record.
  absl::Status OpenDue();
  absl::Status Load(OpenChunk* chunk);
  void Unload(OpenChunk* chunk);
  // Drops payloads until they fit, those first whose next record is the farthest; never `kept`.
  void MakeRoom(const OpenChunk* kept);
  void Advance();

  const std::vector<std::unique_ptr<SegmentReader>> segments_;
  const size_t resident_limit_;
  size_t resident_bytes_ = 0;
  std::vector<Waiting> waiting_;                  // by least arrival, the next one last
  std::vector<std::unique_ptr<OpenChunk>> open_;  // a heap, the next record's chunk first
  uint64_t records_ = 0;
  WallTime first_arrival_;
  WallTime last_arrival_;
  std::vector<std::string> authorities_;
};

}  // namespace shadowreel
