#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/trace.pb.h"

namespace shadowreel {

// How much of a file that is not as written is read. segment_format.md, "Recovery".
enum class RecoveryMode {
  kStrict,   // nothing: the first damage is an error
  kTail,     // all before the place where it was cut or its writer died
  kSalvage,  // every whole chunk, wherever it stands
};

// "strict", "tail", "salvage".
absl::StatusOr<RecoveryMode> ParseRecoveryMode(const std::string& text);

// Bytes of a file, from `begin` up to `end`, that excluded.
struct ByteRange {
  uint64_t begin = 0;
  uint64_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// Record numbers, both ends included.
struct NumberRange {
  uint64_t first = 0;
  uint64_t last = 0;
  friend bool operator==(const NumberRange&, const NumberRange&) = default;
};

// Ranges of numbers that a report lists at most, and places that a footer does; their sums are
// exact whatever their number.
inline constexpr size_t kMaxListed = 4096;

// What was found in one segment and what was passed over. A value.
struct RecoveryReport {
  std::string path;
  RecoveryMode mode = RecoveryMode::kStrict;
  bool sealed = true;         // a sound trailer ends the file
  bool footer_intact = true;  // and the footer could be read
  uint64_t torn_bytes = 0;    // after the last whole chunk of a file that is not sealed
  // Passed over, in file order; whole chunks stand after each, or the footer does.
  std::vector<ByteRange> damaged;
  uint64_t damaged_bytes = 0;
  // Something other than copies of the segment header stood (or may have stood) there.
  bool lost_in_middle = false;

  uint64_t records = 0;           // that can be read
  std::vector<NumberRange> lost;  // ascending
  uint64_t lost_records = 0;      // how many numbers those are, and those that are not listed
  // Records may be lost from this number on, nobody knows how many: the index is lost, too.
  std::optional<uint64_t> lost_from;
  uint64_t duplicates = 0;          // left out: at or over the limit
  uint64_t next_record_number = 0;  // over every number held, lost or mentioned

  // The file is as its writer sealed it.
  bool Clean() const {
    return sealed && footer_intact && damaged.empty() && lost_records == 0 && duplicates == 0;
  }
};

// "torn tail of 512 bytes; records 7-9, 12; from record 40 on, unknown how many; ..." on one line,
// at most eight ranges; empty when nothing was lost.
std::string LossText(const RecoveryReport& report);

// As a recovered segment's footer keeps it.
trace::SegmentRecovery RecoveryToProto(const RecoveryReport& report);
RecoveryReport RecoveryFromProto(const trace::SegmentRecovery& recovery);

}  // namespace shadowreel
