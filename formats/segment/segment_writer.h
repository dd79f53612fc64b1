#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/record.h"
#include "formats/trace.pb.h"

namespace shadowreel {

struct SegmentWriterOptions {
  int zstd_level = 1;  // 0 stores plain
};

// Writes one segment of requests: `DIRECTORY/NAME.seg.open`, which Seal() turns into
// `DIRECTORY/NAME.seg`. Layout and life: segment_format.md. Not thread-safe.
//
// After any error the file is dead: nothing more may be appended, and it must not be sealed. What
// whole chunks it holds stays readable.
class SegmentWriter {
 public:
  // `header` carries what the caller knows; kind, segment uuid (when empty), created time and
  // writer version are filled in. The first record gets header.first_record_number.
  static absl::StatusOr<std::unique_ptr<SegmentWriter>> Create(
      FileSystem& files, const Clock& clock, std::string directory, std::string name,
      trace::SegmentHeader header, const SegmentWriterOptions& options = {});
  ~SegmentWriter();

  // Stores a record under the next number, which is returned; `record.number` and
  // `record.recording` are ignored. Writes a chunk when one is full.
  absl::StatusOr<uint64_t> Append(const Record& record);

  // Closes the open chunks and writes them (no sync).
  absl::Status Flush();

  // Flush, then fdatasync.
  absl::Status Sync();

  // Flush, footer, trailer, fdatasync, rename to the sealed name, sync of the directory.
  absl::Status Seal(const trace::CaptureLedger& ledger);

  // Bytes written to the file so far, and records and raw bytes in chunks not yet written.
  uint64_t file_bytes() const;
  uint64_t pending_records() const;
  // The number that the next record gets.
  uint64_t next_number() const;
  const trace::SegmentHeader& header() const;
  // Where the file is now.
  const std::string& path() const;
};

}  // namespace shadowreel
