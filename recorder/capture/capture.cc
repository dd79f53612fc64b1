#include "recorder/capture/capture.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "recorder/capture/crash_recovery.h"

namespace shadowreel {
namespace {

constexpr size_t kMaxQueuedRecords = size_t{1} << 20;
// The roller's thread is woken for so many records, or by its tick: a switch of thread for each
// would cost as much as storing it does, and a record may wait for the sync interval anyway.
constexpr size_t kRecordsPerWake = 64;
constexpr Nanos kTick = std::chrono::milliseconds(100);

// Whether somebody waits for each record to be synced.
bool GroupCommits(const CaptureOptions& options) {
  return options.roller.acknowledgements != nullptr;
}

// Pseudonyms of two keys do not match; the operator should know.
void NoteKey(const Redactor& redactor, CaptureState* state, const SegmentRoller::Warn& warn) {
  if (redactor.mode() == RedactionMode::kOff) return;
  if (!state->redaction_key_id.empty() && state->redaction_key_id != redactor.key_id()) {
    warn("another redaction key than before: the same secret gets another pseudonym from now on");
  }
  state->redaction_key_id = redactor.key_id();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Capture>> Capture::Start(FileSystem& files, const Clock& clock,
                                                        const CaptureOptions& options,
                                                        const Redactor& redactor,
                                                        SegmentRoller::Warn warn) {
  CHECK(options.duration <= kMaxCaptureDuration);
  CHECK(options.mirrored_percent > 0 && options.mirrored_percent <= 100);
  std::vector<std::string> warnings;
  ASSIGN_OR_RETURN(CaptureState state, OpenCaptureState(files, clock, options.roller.directory,
                                                        options.duration, &warnings));
  for (const std::string& warning : warnings) warn(warning);
  NoteKey(redactor, &state, warn);
  std::unique_ptr<Capture> capture(
      new Capture(files, clock, options, redactor, std::move(state), std::move(warn)));
  RETURN_IF_ERROR(capture->roller_.SaveState());
  capture->thread_ =
      std::jthread([raw = capture.get()](const std::stop_token& stop) { raw->Roll(stop); });
  return capture;
}

Capture::Capture(FileSystem& files, const Clock& clock, const CaptureOptions& options,
                 const Redactor& redactor, CaptureState state, SegmentRoller::Warn warn)
    : files_(files),
      clock_(clock),
      directory_(options.roller.directory),
      warn_(warn),
      recording_(state.recording),
      ends_at_(state.ends_at),
      deadline_(clock.SteadyNow() + (state.ends_at - clock.WallNow())),
      queue_({.bytes = options.queue_bytes,
              .items = kMaxQueuedRecords,
              // The first of a group begins the wait for its sync.
              .wake_items = GroupCommits(options) ? 1 : kRecordsPerWake}),
      ledger_(state.ledger),
      sink_(recording_, Sampler(options.percent, options.seed), options.mirrored_percent, queue_,
            disk_, ledger_, GroupCommits(options)),
      group_commits_(GroupCommits(options)),
      state_(std::move(state)),
      roller_(options.roller, files, clock, redactor, state_, disk_, ledger_, std::move(warn)) {}

Capture::~Capture() {
  End();
  if (thread_.joinable()) thread_.join();
}

Nanos Capture::remaining() const {
  if (disk_.budget_spent) return Nanos(0);
  return std::max(deadline_ - clock_.SteadyNow(), Nanos(0));
}

void Capture::End() {
  sink_.End();
  queue_.Close();
  thread_.request_stop();
}

absl::Status Capture::Finish() {
  End();
  if (thread_.joinable()) thread_.join();
  RecoverAbandoned();
  const absl::Status saved = roller_.SaveState();
  return sealed_.ok() ? saved : sealed_;
}

// Segments whose disk failed, if it is back. What they hold from the next number on was written
// again, or counted as shed.
void Capture::RecoverAbandoned() {
  std::vector<std::string> warnings;
  RecoverLeftovers(files_, clock_, directory_, recording_, state_.next_record_number, &warnings);
  for (const std::string& warning : warnings) warn_(warning);
}

// The roller's thread.
void Capture::Roll(const std::stop_token& stop) {
  while (!queue_.Finished()) {
    if (roller_.blocked()) {
      Wait(kTick, stop);  // the queue is left to fill up
      if (stop.stop_requested()) roller_.Retry();
      if (stop.stop_requested() && roller_.blocked()) break;
    } else if (std::optional<Record> record = queue_.PopFor(kTick)) {
      roller_.Take(std::move(*record));
      if (group_commits_) Gather(stop);
    }
    roller_.Tick();
  }
  while (queue_.TryPop()) roller_.Shed();
  sealed_ = roller_.Finish();
  drained_ = true;
}

// Waits until a sync is due and takes what has come by then: the sync covers it all.
void Capture::Gather(const std::stop_token& stop) {
  if (const Nanos left = roller_.until_sync(); left <= kTick) Wait(left, stop);
  while (!roller_.blocked() && !roller_.full()) {
    std::optional<Record> record = queue_.TryPop();
    if (!record) return;
    roller_.Take(std::move(*record));
  }
}

void Capture::Wait(Nanos patience, const std::stop_token& stop) {
  std::unique_lock lock(waiting_);
  stopped_.wait_for(lock, stop, patience, [] { return false; });
}

}  // namespace shadowreel
