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
#include "formats/response.h"
#include "formats/segment/response_lookup.h"
#include "formats/segment/segment_reader.h"

namespace shadowreel {

// The segment files that `paths` name: a directory stands for the sealed segments in it, sorted
// by name. A directory without one is an error, as is a path that does not exist. Unsealed files
// (*.seg.open) found in a directory are left out and appended to `unsealed`; unless `mode` is
// kStrict, they are segments like the others (but not where a sealed one has the same name: that
// was recovered from it).
absl::StatusOr<std::vector<std::string>> ListSegments(FileSystem& files,
                                                      const std::vector<std::string>& paths,
                                                      std::vector<std::string>* unsealed,
                                                      RecoveryMode mode = RecoveryMode::kStrict);

// A trace: the records of any number of segments and recordings, merged exactly by arrival (ties:
// by recording uuid, then number). Not thread-safe.
//
// Memory, whatever the size of the segments and however slow some uploads were:
// - the payloads of chunks whose arrival ranges overlap the present: at most `resident_bytes`, and
//   one chunk that is being read (1 MiB as written, never over 16 MiB; the index of its records
//   and its stored bytes come on top). Those beyond are dropped and read again when their turn
//   comes. A trace in order keeps one or two chunks a recorder;
// - under 400 bytes for each chunk of all segments (an index, and a place in the order);
// - the record returned, with its body, and one piece (1 MiB) of a continued body: it is loaded
//   as its record is returned. The bytes belong to the caller.
// What malloc keeps of the freed comes on top: up to a quarter of `resident_bytes`, once they are
// used.
class TraceReader {
 public:
  static constexpr size_t kResidentBytes = size_t{96} << 20;

  // Refuses the same segment named twice.
  static absl::StatusOr<std::unique_ptr<TraceReader>> Open(FileSystem& files,
                                                           const std::vector<std::string>& segments,
                                                           size_t resident_bytes = kResidentBytes);
  // Reads damaged and unsealed segments, too (see SegmentReader::Open); each one's report() tells
  // what was passed over. Of a recording whose disk failed, records that a later segment among
  // `segments` holds again come once. A file of which nothing can be read is passed over by
  // kSalvage, unless it is the only one.
  static absl::StatusOr<std::unique_ptr<TraceReader>> Open(FileSystem& files,
                                                           const std::vector<std::string>& segments,
                                                           RecoveryMode mode,
                                                           size_t resident_bytes = kResidentBytes);
  ~TraceReader();

  // Before the first Next(): passes over, unread, chunks whose records all arrived before `time`;
  // none of a segment that is not as it was written, whose chunks may hold records that are not
  // read. Returns how many records that leaves out.
  uint64_t SkipBefore(WallTime time);

  // The next record; false at the end. After an error the trace is over.
  absl::StatusOr<bool> Next(Record* record);

  // The response to the record that Next() returned last; false when it has none. Where there are
  // responses, they take up to ResponseLookup::kResidentBytes more.
  absl::StatusOr<bool> ReadResponse(Response* response);

  // The segment of that record, null before the first; its number there is record.number.
  const SegmentReader* segment() const { return returned_segment_; }

  // Known from the indexes, before any record is read.
  uint64_t records() const { return records_; }
  WallTime first_arrival() const { return first_arrival_; }  // epoch when there are no records
  WallTime last_arrival() const { return last_arrival_; }
  // Distinct stripped authorities of all segments (each lists at most 256).
  const std::vector<std::string>& authorities() const { return authorities_; }
  const std::vector<std::unique_ptr<SegmentReader>>& segments() const { return segments_; }
  // Why files were passed over, a line each.
  const std::vector<std::string>& unreadable() const { return unreadable_; }

  // Chunks begun and not drained, how many payloads of them are in memory, and the most that these
  // have taken so far, in bytes, the one being read included.
  size_t open_chunks() const { return open_.size(); }
  size_t resident_chunks() const;
  size_t peak_resident_bytes() const { return peak_resident_bytes_; }

 private:
  struct Waiting;
  struct Payload;
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
  size_t peak_resident_bytes_ = 0;
  std::vector<Waiting> waiting_;                  // by least arrival, the next one last
  std::vector<std::unique_ptr<OpenChunk>> open_;  // a heap, the next record's chunk first
  const SegmentReader* returned_segment_ = nullptr;
  uint64_t returned_number_ = 0;
  ResponseLookup responses_;
  uint64_t records_ = 0;
  WallTime first_arrival_;
  WallTime last_arrival_;
  std::vector<std::string> authorities_;
  std::vector<std::string> unreadable_;
};

}  // namespace shadowreel
