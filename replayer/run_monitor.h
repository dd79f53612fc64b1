#pragma once

#include <absl/status/statusor.h>
#include <signal.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "replayer/measure/outcome.h"
#include "replayer/pace/stop_source.h"

namespace shadowreel {

// Counts outcomes for the progress line. OnOutcome on one thread, Line on any.
class ProgressCounter final : public OutcomeSink {
 public:
  void OnOutcome(const Outcome& outcome, std::string_view endpoint,
                 std::string_view error) override;

  // "2400 done, 3 errors, 0 shed": errors are requests without a whole response and 5xx answers.
  std::string Line() const;

 private:
  std::atomic<uint64_t> done_{0};
  std::atomic<uint64_t> errors_{0};
  std::atomic<uint64_t> shed_{0};
};

// Looks after a run from a thread of its own: the first SIGINT, SIGTERM or SIGHUP (unless that
// is ignored, as under nohup) requests a stop, one after it cuts the drain, and a line on stderr
// shows progress every 2 s on a terminal, every 10 s elsewhere.
class RunMonitor {
 public:
  // Takes these signals from the calling thread and from those that it starts later; construct it
  // before them. `stop` and `progress` outlive it.
  static absl::StatusOr<std::unique_ptr<RunMonitor>> Start(StopSource* stop,
                                                           const ProgressCounter* progress);
  // Ends the thread; signals have their former effect again.
  ~RunMonitor();

  // "SIGINT": the first signal that came; empty when there was none.
  std::string Signal() const;

 private:
  RunMonitor(StopSource* stop, const ProgressCounter* progress, int signal_fd, int wake_fd,
             const sigset_t& former_mask);
  void Watch();
  bool TakeSignal();
  void AnnounceStop();
  void ShowProgress();
  void EndLine();

  StopSource* const stop_;
  const ProgressCounter* const progress_;
  const int signal_fd_;
  const int wake_fd_;
  const sigset_t former_mask_;
  const bool terminal_;
  bool line_open_ = false;
  int seconds_ = 0;
  std::atomic<int> signal_{0};
  std::thread thread_;
};

}  // namespace shadowreel
