#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/record.h"
#include "recorder/capture/ledger.h"

namespace shadowreel {

// What a capture must know across restarts; lives in DIRECTORY/capture.json. A value.
struct CaptureState {
  Uuid recording{};
  WallTime created;
  WallTime ends_at;
  uint32_t next_sequence = 1;       // of segments
  uint64_t next_record_number = 1;  // records below it are stored or lost, never yet to come
  Uuid previous_segment{};          // zero: none
  uint64_t bytes_spent = 0;         // by segments that are closed
  std::string redaction_key_id;     // empty: never redacted
  LedgerCounts ledger;
  friend bool operator==(const CaptureState&, const CaptureState&) = default;
};

// Every capture ends, restarts included.
inline constexpr Nanos kMaxCaptureDuration = std::chrono::hours(72);

inline constexpr std::string_view kCaptureStateName = "capture.json";

// Nobody knows the numbers in a segment that cannot be read. Numbers go on this far above the last
// known one: more than one capture can reach.
inline constexpr uint64_t kRecordNumberGap = uint64_t{1} << 32;

std::string CaptureStateToJson(const CaptureState& state);
// `path` is for the error's text.
absl::StatusOr<CaptureState> ParseCaptureState(std::string_view json, const std::string& path);

// Writes capture.json whole or not at all.
absl::Status SaveCaptureState(FileSystem& files, const std::string& directory,
                              const CaptureState& state);

// The state to go on from: that of capture.json, brought up to date with the segments that an
// interrupted run left, or that of a new capture, which ends `duration` from now. A capture's end
// never moves. Recovers what was left unsealed (RecoverLeftovers), and writes nothing else; until
// capture.json is saved, doing it again comes to the same. Refuses a directory that holds segments
// but no capture.json: they are another capture's, or its end has been forgotten. `warnings`
// receives lines for the operator.
absl::StatusOr<CaptureState> OpenCaptureState(FileSystem& files, const Clock& clock,
                                              const std::string& directory, Nanos duration,
                                              std::vector<std::string>* warnings);

}  // namespace shadowreel
