#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/record.h"
#include "formats/redaction/redactor.h"
#include "formats/segment/segment_writer.h"
#include "recorder/capture/acknowledgements.h"
#include "recorder/capture/capture_state.h"
#include "recorder/capture/disk_condition.h"
#include "recorder/capture/ledger.h"

namespace shadowreel {

struct RollerOptions {
  std::string directory{};
  uint64_t segment_bytes = uint64_t{256} << 20;  // a segment is sealed at either
  Nanos segment_age = std::chrono::minutes(10);
  uint64_t max_bytes = uint64_t{64} << 30;        // of the capture, checked at each sync
  uint64_t min_free = uint64_t{256} << 20;        // of the file system; below, nothing is written
  Nanos sync_interval = std::chrono::seconds(1);  // records are synced at either
  size_t unsynced_bytes = size_t{8} << 20;
  Nanos retry_interval = std::chrono::seconds(1);  // after the disk failed
  Nanos save_interval = std::chrono::seconds(10);  // of capture.json
  SegmentWriterOptions writer{};
  // Told of each record that is stored or shed; must outlive the roller. None: nobody waits.
  Acknowledgements* acknowledgements = nullptr;
};

// Redacts records and puts them into segments, one after the other; keeps capture.json.
//
// A record counts as written once a sync has covered it. Until then it is kept in memory, too (at
// most `unsynced_bytes` and one record). When the disk fails, the segment's file is dead and never
// synced again; the kept records go to a new one, under the numbers they had, after
// `retry_interval` and again until it succeeds. The dead file is removed when no record of it
// counts as written, and left unsealed for recovery otherwise: records in it from the next
// segment's first number on are those that were written again.
//
// Tickets are counted by calls of Take and Shed. One is settled as durable by the sync that covers
// its record, or as shed as soon as that is known; never by a sync that failed.
//
// Owned and called by the roller's thread; Capture's starts and finishes when there is none.
class SegmentRoller {
 public:
  // One line for the operator.
  using Warn = std::function<void(const std::string&)>;

  // The references must outlive the roller. `state` is the roller's to change.
  SegmentRoller(RollerOptions options, FileSystem& files, const Clock& clock,
                const Redactor& redactor, CaptureState& state, DiskCondition& disk, Ledger& ledger,
                Warn warn);

  // The disk failed or is too full: Take must not be called until a Tick has ended that.
  bool blocked() const { return disk_.away(); }

  // Stores a record; sheds it when the budget is spent.
  void Take(Record&& record);

  // Does what is due by the clock: sync, seal, retry, capture.json. To be called at least every
  // 100 ms, and after each Take that leaves it full().
  void Tick();

  // Until the records taken are to be synced: not above 0 when that is due, Nanos::max() when there
  // are none.
  Nanos until_sync() const;
  // No record may be taken before they are synced.
  bool full() const { return kept_bytes_ >= options_.unsynced_bytes; }

  // Tries at once to leave the blocked state. No-op when not blocked.
  void Retry();

  // Counts a record in place of taking it, which the disk does not allow.
  void Shed();

  // Seals what is open; what cannot be stored now is shed. An error: a segment stays unsealed, or
  // capture.json is out of date.
  absl::Status Finish();

  // Brings capture.json up to date, the ledger included.
  absl::Status SaveState();

 private:
  struct Kept {
    Record record;
    Ticket ticket;
  };

  absl::Status CheckFreeSpace();
  absl::Status OpenSegment();
  absl::Status AppendKept();
  absl::Status Sync();
  absl::Status SyncAndCheckLimits();
  absl::Status Seal();
  bool SyncDue(SteadyTime now) const;
  bool SealDue(SteadyTime now) const;
  void ShedTicket(Ticket ticket, ShedReason reason);
  void Fail(const absl::Status& status);
  void Settle(const absl::Status& status);
  void SaveStateOrWarn();
  void AbandonSegment();
  void LeaveSegment();

  const RollerOptions options_;
  FileSystem& files_;
  const Clock& clock_;
  const Redactor& redactor_;
  CaptureState& state_;
  DiskCondition& disk_;
  Ledger& ledger_;
  const Warn warn_;

  // Records since the last sync; the first `appended_` are in the segment.
  std::vector<Kept> kept_;
  size_t kept_bytes_ = 0;
  size_t appended_ = 0;
  SteadyTime oldest_kept_;
  Ticket last_ticket_ = kNoTicket;  // of the records taken or shed

  std::unique_ptr<SegmentWriter> writer_;  // none between segments
  bool holds_written_ = false;             // the segment has records that count as written
  SteadyTime opened_at_;
  uint32_t left_unsealed_ = 0;  // segments

  SteadyTime retry_at_;  // when blocked
  SteadyTime save_at_;
  CaptureState saved_;  // what capture.json says
  bool save_failed_ = false;
};

}  // namespace shadowreel
