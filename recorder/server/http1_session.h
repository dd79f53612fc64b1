#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "formats/record.h"
#include "net/http/http1_parser.h"
#include "recorder/capture/record_sink.h"
#include "recorder/server/output_buffer.h"
#include "recorder/server/pipelined_answers.h"
#include "recorder/server/server_session.h"
#include "recorder/server/upload.h"

namespace shadowreel {

struct Http1SessionOptions {
  size_t max_body_bytes = 1 << 20;     // kept of a body; the rest is counted
  size_t max_output_bytes = 64 << 10;  // unsent answers; a peer that sends on past it is closed
  Nanos idle_timeout = std::chrono::seconds(75);    // between requests
  Nanos head_timeout = std::chrono::seconds(5);     // from a request's first byte to its head's end
  Nanos body_timeout = std::chrono::seconds(10);    // in each of these at least min_body_bytes
  size_t min_body_bytes = 1 << 10;                  // must come, or the body must end
  Nanos output_timeout = std::chrono::seconds(10);  // to take all answers
  Nanos ack_deadline = std::chrono::seconds(1);  // from a request's end to its 202 instead of 204
  Http1Limits limits{};
};

// HTTP/1.0 and 1.1 for the recorder: each request ends in exactly one of: not admitted, Offer,
// Shed, Refuse. It is answered 202 as soon as its last byte is here, whatever becomes of it. A
// request for which Offer returned a ticket is answered when that is settled: 204 when it is
// durable, 202 when it was shed or after ack_deadline. Later answers wait behind it; reading goes
// on.
//
// - An error or a time-out before the head's end is a Refuse and a 400, 431 or 408; after it, an
//   admitted request is offered as incomplete. The connection then closes.
// - Expect: 100-continue is answered at the head's end when a body is to come; other expectations
//   are ignored, as is Upgrade: the request is taken as ordinary HTTP/1.1 (RFC 9110, 7.8).
// - `arrival` is the time of the call that brought the request's first byte, `completed` that of
//   the last one.
// - While answers are awaited, the time-outs between requests and in bodies stand still: what the
//   peer waits for (its answer, 100 Continue) may be with us.
// - Output never exceeds max_output_bytes by more than the answers to one OnBytes call.
//
// Owned and called by the listener's thread.
class Http1Session final : public ServerSession {
 public:
  // `sink` and `uploads` must outlive the session.
  Http1Session(const Http1SessionOptions& options, uint64_t connection, std::string peer,
               RecordSink& sink, UploadBudget& uploads, Instant opened);

  void OnBytes(std::string_view bytes, Instant now) override;
  void OnEnd(Instant now) override;
  std::string_view output() const override { return output_.view(); }
  void ConsumeOutput(size_t count) override { output_.Consume(count); }
  bool WantsClose() const override { return closing_; }
  size_t awaited() const override { return answers_.size(); }
  void OnSettled(const Settled& settled, Instant now) override;
  std::optional<SteadyTime> deadline() const override;
  void OnDeadline(Instant now) override;

 private:
  enum class Phase { kIdle, kHead, kBody };

  void OnHead(Instant now);
  void OnBody(std::string_view bytes);
  void OnMessage(Instant now);
  void OnError(Instant now);
  void StartRecord(Http1Head head);
  void ShedRecord();
  Ticket OfferRecord();
  // The current request, if any, ends here: refused before its head's end, else incomplete.
  void EndRequest(Refusal refusal);
  void CloseSlowReader();
  void Enter(Phase phase, Instant now);
  void Answer(std::string_view bytes, Instant now);
  void ReleaseAnswers(Instant now);
  bool PhaseEnds() const;
  SteadyTime PhaseDeadline() const;
  SteadyTime OutputDeadline() const;

  const Http1SessionOptions options_;
  const uint64_t connection_;
  const std::string peer_;
  RecordSink& sink_;
  Http1Parser parser_;

  Phase phase_ = Phase::kIdle;
  SteadyTime phase_start_;        // of the phase; in a body, of the current progress window
  size_t window_bytes_ = 0;       // that came in this window
  WallTime arrival_;              // of the current request
  WallTime last_byte_;            // of the connection
  std::optional<Record> record_;  // of the current request, when admitted
  Upload upload_;                 // of record_
  bool keep_alive_ = false;
  bool http10_ = false;

  PipelinedAnswers answers_;  // from the first awaited one on
  OutputBuffer output_;
  bool closing_ = false;
};

}  // namespace shadowreel
