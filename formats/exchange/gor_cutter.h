#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "formats/exchange/byte_source.h"
#include "formats/exchange/message_end.h"

namespace shadowreel {

// What stands between two records of a GoReplay file: LF, three monkeys (U+1F435, U+1F648,
// U+1F649), LF.
inline constexpr std::string_view kGorSeparator =
    "\n\xF0\x9F\x90\xB5\xF0\x9F\x99\x88\xF0\x9F\x99\x89\n";

enum class GorType : char { kRequest = '1', kResponse = '2', kReplayedResponse = '3' };

// One record: "TYPE ID TIME [LATENCY]" LF payload.
struct GorRecord {
  uint64_t offset = 0;  // where it begins, in the decompressed file
  GorType type = GorType::kRequest;
  std::string id;
  WallTime time;
  std::optional<Nanos> latency;  // how long the message took; nothing for none or -1
  std::string_view payload{};    // valid until the next call
  uint64_t payload_bytes = 0;    // more than `payload` when it was cut at the bound
  bool separated = true;         // false: the file ended without a separator
};

// Cuts a GoReplay file into records. A payload may hold the separator: it goes on behind it when
// its Content-Length or its chunks say so and a separator stands where they end. At most
// kMaxPayload bytes of a payload are kept, and about three times that is the most memory this
// takes, whatever the file holds. Not thread-safe.
class GorCutter {
 public:
  static constexpr size_t kMaxPayload = size_t{32} << 20;
  static constexpr size_t kMaxMeta = 1 << 10;

  enum class Result {
    kRecord,
    kMalformed,  // problem() and record->offset say what and where
    kEnd,
  };

  explicit GorCutter(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  // An error is the source's; the records before it, and the beginning of the one that it broke
  // off, were given.
  absl::StatusOr<Result> Next(GorRecord* record);

  std::string_view problem() const { return problem_; }

 private:
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }
  bool Fill();
  bool Need(size_t bytes);
  size_t FindSeparator();
  void ReadOver();
  Result TakeMeta(std::string_view meta, GorRecord* record);
  size_t FindEnd(size_t payload_begin, size_t separator);
  MessageEnd FindEndOfChunks(size_t payload_begin);
  bool IsEnd(size_t at);
  Result TakeWhole(size_t separator, GorRecord* record);
  Result TakeOver(GorRecord* record);
  Result Malformed(std::string_view problem);

  const std::unique_ptr<ByteSource> source_;
  absl::Status failure_;
  bool ended_ = false;
  std::string buffer_;
  size_t begin_ = 0;         // of what is not cut yet, in buffer_
  uint64_t offset_ = 0;      // of that place in the file
  size_t taken_ = 0;         // by the record given last, from there
  std::string over_;         // the beginning of a record over the bound
  uint64_t over_bytes_ = 0;  // its length
  uint64_t looked_at_ = 0;   // chunks were looked at in vain up to this place in the file
  std::string_view problem_;
};

}  // namespace shadowreel
