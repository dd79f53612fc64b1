#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "recorder/capture/record_sink.h"
#include "recorder/server/http2_stream.h"
#include "recorder/server/output_buffer.h"
#include "recorder/server/reset_limiter.h"
#include "recorder/server/server_session.h"
#include "recorder/server/upload.h"

namespace shadowreel {

struct Http2SessionOptions {
  size_t max_body_bytes = 1 << 20;     // kept of a body; the rest is counted
  size_t max_output_bytes = 64 << 10;  // unsent answers; a peer that sends on past it is closed

  // Envoy's default circuit breaker lets 1024 requests be under way. Windows wide enough that a
  // body of max_body_bytes, and 16 of them at a time, come without waiting for us: what is received
  // is bounded by the UploadBudget and not by flow control, which would hold the mirror.
  uint32_t max_streams = 2048;
  int32_t stream_window = 1 << 20;
  int32_t connection_window = 16 << 20;

  Nanos idle_timeout = std::chrono::seconds(75);    // without a stream
  Nanos head_timeout = std::chrono::seconds(5);     // for SETTINGS; for a head; for trailers
  Nanos stream_timeout = std::chrono::minutes(5);   // between frames: Envoy's stream_idle_timeout
  Nanos output_timeout = std::chrono::seconds(10);  // to take all answers
  Nanos ack_deadline = std::chrono::seconds(1);  // from a request's end to its 202 instead of 204
  Http2Limits limits{};
};

// HTTP/2 for the recorder (RFC 9113), by nghttp2: each request ends in exactly one of: not
// admitted, Offer, Shed, Refuse. It is answered 202, or as gRPC with status 0, as soon as its last
// byte is here, whatever becomes of it. A request for which Offer returned a ticket is answered
// when that is settled: when it is durable 204, or gRPC with a field that says so; as above when it
// was shed, or after ack_deadline. Streams do not wait for each other.
//
// - Refused: heads that break the protocol or hold a field that nghttp2 holds to be invalid (the
//   stream is reset: no field gets lost silently), heads over the limits (431), CONNECT (501), and
//   heads that do not end.
// - A request that is reset, whose length is not the promised one or whose connection ends after
//   the head is offered as incomplete. So are those under way when the peer breaks the protocol,
//   which is told by a GOAWAY and ends the connection.
// - A peer that resets more streams than the ResetLimiter allows gets GOAWAY(ENHANCE_YOUR_CALM).
// - A field over 64 KiB, which nghttp2 cannot take, and a head of more than nine frames are errors
//   of the connection.
// - `arrival` is the time of the call that brought the HEADERS frame's beginning, `completed` that
//   of the stream's last byte.
// - Output never exceeds max_output_bytes by more than the answers to one OnBytes call.
//
// Owned and called by the listener's thread.
class Http2Session final : public ServerSession {
 public:
  // The first bytes must be the client's connection preface. `peer` is "192.0.2.1:4711". The
  // references must outlive the session.
  Http2Session(const Http2SessionOptions& options, uint64_t connection, std::string peer,
               RecordSink& sink, UploadBudget& uploads, ResetLimiter& resets, Instant opened);
  ~Http2Session() override;
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  void OnBytes(std::string_view bytes, Instant now) override;
  void OnEnd(Instant now) override;
  std::string_view output() const override { return output_.view(); }
  void ConsumeOutput(size_t count) override { output_.Consume(count); }
  bool WantsClose() const override { return closing_; }
  size_t awaited() const override { return cut_ ? 0 : awaiting_.size(); }
  void OnSettled(const Settled& settled, Instant now) override;
  std::optional<SteadyTime> deadline() const override;
  void OnDeadline(Instant now) override;

 private:
  struct Callbacks;                        // nghttp2's
  using Streams = std::list<Http2Stream>;  // the longest without a frame comes first
  struct DeleteSession {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  Http2Stream* Find(int32_t id) const;
  void Touch(Http2Stream& stream);

  // What those that return an int return is for nghttp2.
  int OnFrameBegin(uint8_t type);
  void BeginBlock(const nghttp2_frame& frame);
  int AddHeaderField(Http2Stream& stream, std::string_view name, std::string_view value);
  int OnFrame(const nghttp2_frame& frame);
  void OnHead(Http2Stream& stream, bool ends);
  void OnBody(Http2Stream& stream, std::string_view bytes);
  void OnMessage(Http2Stream& stream);
  // Answers a stream that waited for its ticket; it is then among streams_.
  void EndAwaiting(Http2Stream& stream, TicketOutcome outcome);
  void ExpireAwaiting();
  void OnInvalidFrame(const nghttp2_frame& frame);
  void OnStreamClose(int32_t id);

  void Shed(Http2Stream& stream);
  // The request, if it has no outcome yet, ends here: refused before its head's end, else
  // incomplete.
  void EndRequest(Http2Stream& stream, Refusal refusal);
  void EndAll(Refusal refusal);
  // Ends all requests, sends GOAWAY and nothing after it, closes.
  void Terminate(uint32_t error, Refusal refusal);
  // The same without an error: awaited answers are still sent.
  void Finish(Refusal refusal);
  void CloseSlowReader();
  // Resets streams that have been without a frame for too long.
  void ResetIdleStreams();
  // Takes what nghttp2 has to send; closes when it has come to its end.
  void Pump();
  // None while answers alone are to come.
  SteadyTime ProtocolDeadline() const;
  SteadyTime OutputDeadline() const { return output_.since() + options_.output_timeout; }

  const Http2SessionOptions options_;
  const uint64_t connection_;
  const std::string peer_;
  const std::string peer_address_;
  RecordSink& sink_;
  UploadBudget& uploads_;
  ResetLimiter& resets_;

  Instant now_;  // of the call being served
  Streams streams_;
  Streams awaiting_;                       // kAwaiting, the oldest ticket first
  SteadyTime idle_since_;                  // when there is no stream
  std::optional<SteadyTime> block_since_;  // the peer owes us the rest: SETTINGS, head or trailers
  size_t continuations_ = 0;               // frames of the current head or trailers
  bool excessive_ = false;                 // the peer is to be cut for resets or continuations

  OutputBuffer output_;
  bool closing_ = false;
  bool cut_ = false;  // awaited answers will not be sent

  std::unique_ptr<nghttp2_session, DeleteSession> session_;  // last: its callbacks use the above
};

}  // namespace shadowreel
