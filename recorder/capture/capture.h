#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "base/file_system.h"
#include "formats/redaction/redactor.h"
#include "recorder/capture/capture_sink.h"
#include "recorder/capture/capture_state.h"
#include "recorder/capture/disk_condition.h"
#include "recorder/capture/ledger.h"
#include "recorder/capture/segment_roller.h"

namespace shadowreel {

struct CaptureOptions {
  Nanos duration = std::chrono::hours(2);  // of a new capture; at most kMaxCaptureDuration
  double percent = 100;
  uint64_t seed = 0;
  double mirrored_percent = 100;  // that the mirror sends, above 0; shows in the records' weight
  size_t queue_bytes = size_t{64} << 20;
  RollerOptions roller;  // with acknowledgements, one sync covers all that came in its interval
};

// A capture from its start to its end: state, queue, the roller and its thread. Owned and called
// by the listener's thread.
class Capture {
 public:
  // Takes up the capture in the roller's directory, which must exist and be locked, or begins one:
  // recovers segments that an interrupted run left, and writes capture.json. The references must
  // outlive the capture; `warn` is called from both threads.
  static absl::StatusOr<std::unique_ptr<Capture>> Start(FileSystem& files, const Clock& clock,
                                                        const CaptureOptions& options,
                                                        const Redactor& redactor,
                                                        SegmentRoller::Warn warn);
  // Ends and waits as Finish does, and does not report.
  ~Capture();

  RecordSink& sink() { return sink_; }
  const Uuid& recording() const { return recording_; }
  WallTime ends_at() const { return ends_at_; }
  // Until the end by the clock; 0 after it, or when the byte budget is spent.
  Nanos remaining() const;

  // Closes the capture: requests count as after_end from now on, what is queued is stored and
  // the segment sealed on the roller's thread. Does not wait. May be called again.
  void End();
  // Whether that is done.
  bool drained() const { return drained_; }

  // End, wait, recover segments whose disk failed if it is back, bring capture.json up to date. The
  // first error is returned. The ledger's identity
  // holds from here on.
  absl::Status Finish();

  LedgerCounts ledger() const { return ledger_.Snapshot(); }

 private:
  Capture(FileSystem& files, const Clock& clock, const CaptureOptions& options,
          const Redactor& redactor, CaptureState state, SegmentRoller::Warn warn);
  void Roll(const std::stop_token& stop);
  void Gather(const std::stop_token& stop);
  void Wait(Nanos patience, const std::stop_token& stop);
  void RecoverAbandoned();

  FileSystem& files_;
  const Clock& clock_;
  const std::string directory_;
  const SegmentRoller::Warn warn_;
  const Uuid recording_;
  const WallTime ends_at_;
  const SteadyTime deadline_;
  BoundedQueue<Record> queue_;
  DiskCondition disk_;
  Ledger ledger_;
  CaptureSink sink_;

  const bool group_commits_;
  CaptureState state_;    // the roller's
  SegmentRoller roller_;  // the roller's thread's, until that has ended
  absl::Status sealed_;   // as is this
  std::atomic<bool> drained_ = false;
  std::mutex waiting_;  // guards nothing: a condition variable needs one
  std::condition_variable_any stopped_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace shadowreel
