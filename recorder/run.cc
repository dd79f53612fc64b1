#include "recorder/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/event_loop.h"
#include "base/exit_code.h"
#include "base/posix_file_system.h"
#include "base/say.h"
#include "base/status.h"
#include "base/units.h"
#include "formats/redaction/key_path.h"
#include "recorder/capture/acknowledgements.h"
#include "recorder/capture/out_directory.h"
#include "recorder/capture/uuid.h"
#include "recorder/descriptor_limit.h"
#include "recorder/server/protocol_session.h"
#include "recorder/server/upload.h"
#include "recorder/stop_signals.h"

namespace shadowreel {
namespace {

// The listener wants its deadlines looked at this often.
constexpr Nanos kTurn = std::chrono::milliseconds(100);

// Where answers wait for the disk: records that come within one interval share a sync, and a disk
// that is back after a failure is noticed before the answers are late.
constexpr Nanos kDurableSyncInterval = std::chrono::milliseconds(20);
constexpr Nanos kDurableRetryInterval = std::chrono::milliseconds(100);

void Warn(const std::string& line) { Say(stderr, "recorder: {}\n", line); }

// One run's parts, in the order of their dependence. One thread.
class Run {
 public:
  explicit Run(const RunOptions& options)
      : options_(options), uploads_(options.upload_bytes), resets_(options.resets) {}

  absl::Status Start();
  void Serve();
  absl::Status Close();

 private:
  absl::Status Listen();
  absl::Status MakeRedactor();
  absl::Status StartCapture();
  void Turn(Nanos timeout);
  void Drain();
  absl::Status Report();
  Instant Now() const { return {.wall = clock_.WallNow(), .steady = clock_.SteadyNow()}; }

  const RunOptions& options_;
  const SystemClock clock_;
  PosixFileSystem files_;
  UploadBudget uploads_;
  ResetLimiter resets_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<StopSignals> signals_;
  std::unique_ptr<OutDirectory> directory_;
  std::unique_ptr<Redactor> redactor_;
  std::optional<Acknowledgements> acknowledgements_;  // when answers wait for the disk
  std::unique_ptr<Capture> capture_;
  std::unique_ptr<Listener> listener_;
};

absl::Status Run::Start() {
  const std::string& out = options_.capture.roller.directory;
  ASSIGN_OR_RETURN(loop_, EventLoop::Create());
  ASSIGN_OR_RETURN(signals_, StopSignals::Watch(*loop_));
  RETURN_IF_ERROR(CheckKeyOutside(options_.redaction_key_path, out));
  if (const std::string parent = DirectoryOf(options_.ledger_path);
      files_.Kind(parent) != FileKind::kDirectory) {
    return UnusableError("--ledger={}: {} is no directory", options_.ledger_path, parent);
  }
  // The port first: when it is taken, nothing has been made on the disk yet.
  RETURN_IF_ERROR(Listen());
  std::vector<std::string> warnings;
  ASSIGN_OR_RETURN(directory_, OutDirectory::Claim(files_, out, &warnings));
  for (const std::string& warning : warnings) Warn(warning);
  RETURN_IF_ERROR(MakeRedactor());
  RETURN_IF_ERROR(StartCapture());
  for (const std::string& address : listener_->addresses()) {
    Say(stderr, "listening on {}\n", address);
  }
  Warn(fmt::format("recording to {} until {} (recording {})", out, FormatTime(capture_->ends_at()),
                   ToString(capture_->recording())));
  return absl::OkStatus();
}

absl::Status Run::Listen() {
  ListenerOptions listener = options_.listener;
  listener.max_connections = ReserveDescriptors(listener.max_connections);
  if (listener.max_connections < options_.listener.max_connections) {
    Warn(fmt::format("at most {} connections, not {}: the limit of open files is too low",
                     listener.max_connections, options_.listener.max_connections));
  }
  // No session is made before the loop runs, and then there is a capture.
  ASSIGN_OR_RETURN(
      listener_,
      Listener::Create(*loop_, clock_, std::move(listener),
                       [this](uint64_t connection, const std::string& peer, Instant now) {
                         const SharedByConnections shared{options_.http1, options_.http2,
                                                          capture_->sink(), uploads_, resets_};
                         return std::make_unique<ProtocolSession>(shared, connection, peer, now);
                       }));
  return absl::OkStatus();
}

absl::Status Run::MakeRedactor() {
  RedactionKey key;
  if (options_.redaction != RedactionMode::kOff) {
    ASSIGN_OR_RETURN(key, LoadOrCreateRedactionKey(files_, options_.redaction_key_path));
  } else {
    Warn("--redact=off: credentials of real people will be stored as they are");
  }
  redactor_ = std::make_unique<Redactor>(options_.redaction, std::move(key));
  return absl::OkStatus();
}

absl::Status Run::StartCapture() {
  CaptureOptions capture = options_.capture;
  if (options_.durable) {
    acknowledgements_.emplace([this] { loop_->Wake(); });
    capture.roller.acknowledgements = &*acknowledgements_;
    capture.roller.sync_interval = kDurableSyncInterval;
    capture.roller.retry_interval = kDurableRetryInterval;
  }
  ASSIGN_OR_RETURN(capture_, Capture::Start(files_, clock_, capture, *redactor_, Warn));
  return absl::OkStatus();
}

void Run::Turn(Nanos timeout) {
  loop_->RunOnce(timeout);
  if (acknowledgements_ && acknowledgements_->any()) {
    listener_->OnSettled(acknowledgements_->Take());
  }
  listener_->CheckDeadlines();
}

void Run::Serve() {
  // Started again after its end (by an orchestrator, say): exiting would only be a loop.
  const bool had_ended = capture_->remaining() == Nanos(0);
  if (had_ended) Warn("the capture has ended: requests are answered and counted, not stored");
  while (signals_->count() == 0) {
    const Nanos remaining = capture_->remaining();
    if (remaining == Nanos(0)) {
      if (!options_.discard_after_end && !had_ended) break;
      capture_->End();
    }
    Turn(remaining == Nanos(0) ? kTurn : std::min(kTurn, remaining));
  }
}

absl::Status Run::Close() {
  listener_->StopAccepting();
  listener_->EndAll(Now());
  capture_->End();
  Drain();
  listener_->CloseAll();
  const absl::Status finished = capture_->Finish();
  const absl::Status reported = Report();
  return finished.ok() ? reported : finished;
}

void Run::Drain() {
  const int signals = signals_->count();
  while (!capture_->drained()) {
    Turn(std::chrono::milliseconds(10));
    if (signals_->count() == signals) continue;
    Warn("stopped by a second signal: the segment stays unsealed, what was queued is lost");
    std::_Exit(static_cast<int>(ExitCode::kUnusable));
  }
  Turn(Nanos(0));  // for the roller's last word to those that wait for it
}

absl::Status Run::Report() {
  const LedgerCounts counts = capture_->ledger();
  Say(stdout, "{}", LedgerToText(counts));
  std::fflush(stdout);
  if (const uint64_t shed = counts.shed(); shed != 0) {
    Warn(fmt::format("{} requests were shed: the recording is not complete", shed));
  }
  if (resets_.cuts() != 0) {
    Warn(fmt::format("{} connections were cut for resetting too many streams (see --reset_burst)",
                     resets_.cuts()));
  }
  if (!options_.ledger_path.empty()) {
    RETURN_IF_ERROR(WriteFileAtomically(files_, options_.ledger_path, LedgerToJson(counts)));
  }
  if (counts.on_the_way() == 0) return absl::OkStatus();
  return absl::InternalError(
      fmt::format("internal error: {} requests are missing from the ledger; please report this",
                  counts.on_the_way()));
}

}  // namespace

absl::Status RunRecorder(const RunOptions& options) {
  Run run(options);
  RETURN_IF_ERROR(run.Start());
  run.Serve();
  return run.Close();
}

}  // namespace shadowreel
