#include "replayer/pace/run.h"

#include <sched.h>
#include <sys/prctl.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "base/status.h"
#include "replayer/pace/pacer.h"

namespace shadowreel {
namespace {

constexpr size_t kPrefill = 64;  // requests
constexpr Nanos kPrefillPatience = std::chrono::milliseconds(20);

// Waiting in the kernel oversleeps by tens of microseconds: wake this early and spin. But on a
// single processor whoever spins keeps the planner from it, which then takes whole time slices, of
// milliseconds, in the middle of the schedule; it yields to one that was asleep.
constexpr Nanos kSpinTail = std::chrono::microseconds(100);
Nanos SpinTail() {
  cpu_set_t allowed;
  const bool one = sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && CPU_COUNT(&allowed) == 1;
  return one ? Nanos(0) : kSpinTail;
}
// So short that a transport does not sleep.
constexpr Nanos kSpinStep = std::chrono::microseconds(50);

constexpr Nanos kStarvedWait = std::chrono::milliseconds(1);
constexpr Nanos kLongestWait = std::chrono::milliseconds(20);  // a stop is seen within it
constexpr Nanos kStopFilePeriod = std::chrono::milliseconds(20);

PacerOptions PacerOptionsOf(const RunOptions& options) {
  return {.closed_loop = options.closed_loop,
          .max_in_flight = options.max_in_flight,
          .max_rate = options.max_rate,
          .breaker = options.breaker};
}

// One run. Owner: the pacing thread.
class RunLoop {
 public:
  RunLoop(const RunOptions& options, const RunParts& parts, std::deque<PlannedRequest> ahead)
      : options_(options),
        parts_(parts),
        started_wall_(parts.clock.WallNow()),
        started_(parts.clock.SteadyNow()),
        pacer_(PacerOptionsOf(options), started_, parts.transport, parts.outcomes),
        ahead_(std::move(ahead)) {
    parts_.sink.Attach(&pacer_);
  }
  ~RunLoop() { parts_.sink.Attach(nullptr); }

  void Pace();
  void CancelRest();
  void Drain();
  RunTimes Times();

 private:
  bool FetchNext(SteadyTime now);
  void CountStarved(SteadyTime now);
  void ReleaseDue(SteadyTime now);
  void ReleaseWhatFits(SteadyTime now);
  SteadyTime NextWake(SteadyTime now) const;
  bool Stopped(SteadyTime now);
  bool FailedThreshold(SteadyTime now);
  void Stop(RunEnd end, std::string reason);

  const RunOptions& options_;
  const RunParts& parts_;
  const Nanos spin_tail_ = SpinTail();
  const WallTime started_wall_;
  const SteadyTime started_;
  Pacer pacer_;
  std::deque<PlannedRequest> ahead_;    // taken from the queue before the start
  std::optional<PlannedRequest> next_;  // the first that is not released
  bool plan_over_ = false;
  SteadyTime next_stop_file_check_;
  std::optional<SteadyTime> starved_since_;
  RunTimes times_;
};

// Makes next_ the next request of the plan. Returns false when there is none now, or none any more
// (plan_over_).
bool RunLoop::FetchNext(SteadyTime now) {
  if (next_.has_value()) return true;
  if (!ahead_.empty()) {
    next_ = std::move(ahead_.front());
    ahead_.pop_front();
    return true;
  }
  next_ = parts_.plan.TryPop();
  if (next_.has_value()) {
    CountStarved(now);
    return true;
  }
  plan_over_ = parts_.plan.Finished();
  if (!starved_since_.has_value()) starved_since_ = now;
  return false;
}

// The planner was late when the request that it kept us waiting for was due before it came.
void RunLoop::CountStarved(SteadyTime now) {
  if (!starved_since_.has_value()) return;
  const SteadyTime due = options_.closed_loop ? *starved_since_ : started_ + next_->intended;
  const Nanos late = now - std::max(due, *starved_since_);
  starved_since_.reset();
  if (late <= Nanos(0)) return;
  ++times_.starved;
  times_.starved_for += late;
}

void RunLoop::ReleaseDue(SteadyTime now) {
  while (FetchNext(now) && started_ + next_->intended <= now && !parts_.stop.requested()) {
    pacer_.Release(std::move(*next_), now);
    next_.reset();
  }
}

void RunLoop::ReleaseWhatFits(SteadyTime now) {
  while (pacer_.HasRoom() && FetchNext(now) && !parts_.stop.requested()) {
    pacer_.Release(std::move(*next_), now);
    next_.reset();
  }
}

// When the transport must have given the thread back. Always from the absolute schedule.
SteadyTime RunLoop::NextWake(SteadyTime now) const {
  SteadyTime wake = now + kLongestWait;
  if (options_.closed_loop && !pacer_.HasRoom()) return wake;
  if (!next_.has_value()) return std::min(wake, now + kStarvedWait);
  if (options_.closed_loop) return now;
  const SteadyTime due = started_ + next_->intended;
  return std::min(wake, due - now > spin_tail_ ? due - spin_tail_ : std::min(due, now + kSpinStep));
}

void RunLoop::Pace() {
  for (;;) {
    const SteadyTime now = parts_.clock.SteadyNow();
    if (Stopped(now) || FailedThreshold(now)) return;
    if (options_.closed_loop) {
      ReleaseWhatFits(now);
    } else {
      ReleaseDue(now);
    }
    if (plan_over_) return;
    parts_.transport.Poll(NextWake(now));
  }
}

bool RunLoop::Stopped(SteadyTime now) {
  if (times_.end != RunEnd::kFinished) return true;
  if (!pacer_.refusal().empty()) {
    Stop(RunEnd::kRefused, pacer_.refusal());
  } else if (pacer_.breaker().tripped()) {
    Stop(RunEnd::kBreaker, pacer_.breaker().reason());
  } else if (parts_.stop.requested()) {
    Stop(RunEnd::kStopped, "stopped on request");
  } else if (!options_.stop_file.empty() && now >= next_stop_file_check_) {
    next_stop_file_check_ = now + kStopFilePeriod;
    if (parts_.files.Kind(options_.stop_file) != FileKind::kMissing) {
      Stop(RunEnd::kStopFile, fmt::format("stopped by the file {}", options_.stop_file));
    }
  }
  return times_.end != RunEnd::kFinished;
}

// Only while there is something left to stop: not in the drain.
bool RunLoop::FailedThreshold(SteadyTime now) {
  if (parts_.watch == nullptr || !parts_.watch->HasFailed(now - started_)) return false;
  Stop(RunEnd::kThreshold, parts_.watch->reason());
  return true;
}

void RunLoop::Stop(RunEnd end, std::string reason) {
  times_.end = end;
  times_.reason = std::move(reason);
  parts_.stop.Request();
}

void RunLoop::CancelRest() {
  parts_.plan.Close();
  for (;;) {
    if (!FetchNext(parts_.clock.SteadyNow())) return;
    pacer_.Cancel(*next_);
    next_.reset();
  }
}

void RunLoop::Drain() {
  const SteadyTime deadline = parts_.clock.SteadyNow() + options_.drain_timeout;
  for (;;) {
    const SteadyTime now = parts_.clock.SteadyNow();
    Stopped(now);
    if (pacer_.in_flight() == 0 || now >= deadline || parts_.stop.drain_cut()) break;
    parts_.transport.Poll(std::min(deadline, now + kLongestWait));
  }
  pacer_.AbandonRest();
}

RunTimes RunLoop::Times() {
  times_.started_wall = started_wall_;
  times_.started = started_;
  times_.first_release = pacer_.first_release();
  times_.last_release = pacer_.last_release();
  times_.ended = parts_.clock.SteadyNow() - started_;
  times_.planned = pacer_.planned();
  times_.released = pacer_.released();
  return std::move(times_);
}

// Waits for the planner's first requests, so that the start is not late.
std::deque<PlannedRequest> Prefill(const RunParts& parts) {
  std::deque<PlannedRequest> ahead;
  while (ahead.size() < kPrefill && !parts.plan.Finished() && !parts.stop.requested()) {
    std::optional<PlannedRequest> planned = parts.plan.PopFor(kPrefillPatience);
    if (planned.has_value()) {
      ahead.push_back(std::move(*planned));
    } else if (!ahead.empty()) {
      break;
    }
  }
  return ahead;
}

}  // namespace

RunTimes Run(const RunOptions& options, const RunParts& parts) {
  // The default timer slack, 50 us, would come on top of every wait of this thread.
  prctl(PR_SET_TIMERSLACK, 1UL);
  RunLoop loop(options, parts, Prefill(parts));
  loop.Pace();
  loop.CancelRest();
  loop.Drain();
  return loop.Times();
}

absl::Status SafetyOf(const RunTimes& times) {
  if (times.end == RunEnd::kRefused) return SafetyError("the run was ended: {}", times.reason);
  if (times.end == RunEnd::kBreaker) {
    return SafetyError("the breaker stopped the run: {}", times.reason);
  }
  return absl::OkStatus();
}

}  // namespace shadowreel
