#include "recorder/server/http2_session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "net/http/authority.h"
#include "recorder/server/http2_submit.h"

namespace shadowreel {
namespace {

// A head's frames beside its first. nghttp2 1.52 has this limit too, but counts each piece in which
// a frame's beginning arrives, of 9 bytes at most.
constexpr size_t kMaxContinuations = 8;
constexpr size_t kFrameBeginBytes = 9;

std::string_view View(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_option* MakeOptions() {
  nghttp2_option* options = nullptr;
  CHECK(nghttp2_option_new(&options) == 0);
  // ResetLimiter does this, for all connections of a peer together.
  nghttp2_option_set_stream_reset_rate_limit(options, UINT64_MAX, UINT64_MAX);
  nghttp2_option_set_max_continuations(options, kFrameBeginBytes * (kMaxContinuations + 1));
  return options;
}

}  // namespace

struct Http2Session::Callbacks {
  static Http2Session& Session(void* session) { return *static_cast<Http2Session*>(session); }

  static int OnBeginFrame(nghttp2_session*, const nghttp2_frame_hd* frame, void* self) {
    return Session(self).OnFrameBegin(frame->type);
  }

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    Session(self).BeginBlock(*frame);
    return 0;
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                      void* self) {
    Http2Stream* const stream = Session(self).Find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    return Session(self).AddHeaderField(*stream, View(name, name_size), View(value, value_size));
  }

  // Without it some versions of nghttp2 drop such a field and go on.
  static int OnInvalidHeader(nghttp2_session*, const nghttp2_frame*, const uint8_t*, size_t,
                             const uint8_t*, size_t, uint8_t, void*) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static int OnData(nghttp2_session*, uint8_t, int32_t id, const uint8_t* bytes, size_t size,
                    void* self) {
    Http2Stream* const stream = Session(self).Find(id);
    if (stream != nullptr) Session(self).OnBody(*stream, View(bytes, size));
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    return Session(self).OnFrame(*frame);
  }

  static int OnInvalidFrame(nghttp2_session*, const nghttp2_frame* frame, int, void* self) {
    Session(self).OnInvalidFrame(*frame);
    return 0;
  }

  static int OnStreamClose(nghttp2_session*, int32_t id, uint32_t, void* self) {
    Session(self).OnStreamClose(id);
    return 0;
  }

  static nghttp2_session_callbacks* Make() {
    nghttp2_session_callbacks* all = nullptr;
    CHECK(nghttp2_session_callbacks_new(&all) == 0);
    nghttp2_session_callbacks_set_on_begin_frame_callback(all, OnBeginFrame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(all, OnBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(all, OnHeader);
    nghttp2_session_callbacks_set_on_invalid_header_callback(all, OnInvalidHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, OnData);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, OnFrame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(all, OnInvalidFrame);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, OnStreamClose);
    return all;
  }
};

Http2Session::Http2Session(const Http2SessionOptions& options, uint64_t connection,
                           std::string peer, RecordSink& sink, UploadBudget& uploads,
                           ResetLimiter& resets, Instant opened)
    : options_(options),
      connection_(connection),
      peer_(std::move(peer)),
      peer_address_(SplitHostPort(peer_).host),
      sink_(sink),
      uploads_(uploads),
      resets_(resets),
      now_(opened),
      idle_since_(opened.steady),
      block_since_(opened.steady) {
  static const nghttp2_session_callbacks* const callbacks = Callbacks::Make();
  static const nghttp2_option* const nghttp2_options = MakeOptions();
  nghttp2_session* session = nullptr;
  CHECK(nghttp2_session_server_new2(&session, callbacks, this, nghttp2_options) == 0);
  session_.reset(session);
  SubmitAnnouncement(session, {.max_streams = options_.max_streams,
                               .stream_window = options_.stream_window,
                               .connection_window = options_.connection_window,
                               .max_head_bytes = options_.limits.max_head_bytes,
                               .max_fields = options_.limits.max_fields});
}

Http2Session::~Http2Session() = default;

void Http2Session::OnBytes(std::string_view bytes, Instant now) {
  if (closing_) return;
  if (output_.view().size() > options_.max_output_bytes) return CloseSlowReader();
  now_ = now;
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (excessive_) {
    Terminate(NGHTTP2_ENHANCE_YOUR_CALM, Refusal::kHeadTooLarge);
  } else if (taken < 0) {
    Terminate(Http2ErrorFor(static_cast<int>(taken)), Refusal::kBadRequest);
  } else {
    Pump();
  }
}

void Http2Session::OnEnd(Instant now) {
  now_ = now;
  // The GOAWAY is for a peer that still listens, when it is the recorder that ends.
  Finish(Refusal::kHeadIncomplete);
}

Http2Stream* Http2Session::Find(int32_t id) const {
  return static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session_.get(), id));
}

void Http2Session::Touch(Http2Stream& stream) {
  stream.Touch(now_);
  if (&streams_.back() != &stream) streams_.splice(streams_.end(), streams_, stream.self);
}

int Http2Session::OnFrameBegin(uint8_t type) {
  continuations_ = type == NGHTTP2_CONTINUATION ? continuations_ + 1 : 0;
  excessive_ = continuations_ > kMaxContinuations;
  return excessive_ ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
}

void Http2Session::BeginBlock(const nghttp2_frame& frame) {
  block_since_ = now_.steady;
  const int32_t id = frame.hd.stream_id;
  if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
    if (Http2Stream* const stream = Find(id)) stream->BeginTrailers();
    return;
  }
  Http2Stream& stream = streams_.emplace_back(id, now_, uploads_, options_.max_body_bytes);
  stream.self = std::prev(streams_.end());
  CHECK(nghttp2_session_set_stream_user_data(session_.get(), id, &stream) == 0);
}

int Http2Session::AddHeaderField(Http2Stream& stream, std::string_view name,
                                 std::string_view value) {
  using Phase = Http2Stream::Phase;
  using Fate = Http2Stream::FieldFate;
  const Fate fate = stream.AddField(name, value, options_.limits);
  if (fate == Fate::kTaken) return 0;
  if (stream.phase() == Phase::kHead) {
    sink_.Refuse(Refusal::kHeadTooLarge);
    stream.Drop(Phase::kHeadTooLarge);
    return 0;
  }
  if (stream.phase() == Phase::kHeadTooLarge && fate == Fate::kTooMuch) return 0;
  // Trailers over the limits, or a head far over them: a few bytes of HPACK can stand for a
  // gigabyte of fields, so nghttp2 is to stop telling.
  EndRequest(stream, Refusal::kHeadTooLarge);
  block_since_.reset();
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream.id(),
                            NGHTTP2_ENHANCE_YOUR_CALM);
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int Http2Session::OnFrame(const nghttp2_frame& frame) {
  const bool ends = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  Http2Stream* const stream = Find(frame.hd.stream_id);
  switch (frame.hd.type) {
    case NGHTTP2_DATA:
      if (stream == nullptr) break;
      Touch(*stream);
      if (ends) OnMessage(*stream);
      break;
    case NGHTTP2_HEADERS:
      block_since_.reset();
      if (stream == nullptr) break;
      Touch(*stream);
      if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) OnHead(*stream, ends);
      if (ends) OnMessage(*stream);
      break;
    case NGHTTP2_RST_STREAM:
      excessive_ = !resets_.Allow(peer_address_, now_.steady);
      return excessive_ ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
    case NGHTTP2_SETTINGS:
      block_since_.reset();
      break;
    default:
      break;
  }
  return 0;
}

void Http2Session::OnHead(Http2Stream& stream, bool ends) {
  using Phase = Http2Stream::Phase;
  if (stream.phase() == Phase::kHeadTooLarge) {
    SubmitAnswer(session_.get(), stream.id(), Http2Answer::kHeadTooLarge);
    return stream.Drop(Phase::kAnswered);
  }
  if (stream.is_connect()) {
    sink_.Refuse(Refusal::kUnknownMethod);
    SubmitAnswer(session_.get(), stream.id(), Http2Answer::kNotImplemented);
    return stream.Drop(Phase::kAnswered);
  }
  stream.EndHead(connection_, peer_);
  if (!ends && stream.expects_continue()) {
    SubmitAnswer(session_.get(), stream.id(), Http2Answer::kContinue);
  }
  if (!sink_.Admit()) return stream.Drop(Phase::kIgnored);
  stream.Admitted();
  if (!ends && !stream.StartUpload()) Shed(stream);
}

void Http2Session::OnBody(Http2Stream& stream, std::string_view bytes) {
  Touch(stream);
  if (stream.phase() != Http2Stream::Phase::kReceiving) return;
  if (!stream.AppendBody(bytes)) Shed(stream);
}

void Http2Session::OnMessage(Http2Stream& stream) {
  if (stream.phase() == Http2Stream::Phase::kAnswered) return;
  Ticket ticket = kNoTicket;
  if (stream.phase() == Http2Stream::Phase::kReceiving) {
    ticket = sink_.Offer(stream.TakeRecord(/*complete=*/true));
  }
  if (ticket != kNoTicket) {
    stream.Await(ticket, now_.steady + options_.ack_deadline);
    return awaiting_.splice(awaiting_.end(), streams_, stream.self);
  }
  SubmitAnswer(session_.get(), stream.id(),
               stream.is_grpc() ? Http2Answer::kGrpcOk : Http2Answer::kAccepted);
}

void Http2Session::OnSettled(const Settled& settled, Instant now) {
  now_ = now;
  for (auto next = awaiting_.begin(); next != awaiting_.end() && !cut_;) {
    Http2Stream& stream = *next++;
    if (const auto outcome = settled.OutcomeOf(stream.ticket())) {
      EndAwaiting(stream, *outcome);
    } else if (!settled.has_shed()) {
      break;
    }
  }
  Pump();
}

void Http2Session::ExpireAwaiting() {
  while (awaited() > 0 && now_.steady >= awaiting_.front().ack_deadline()) {
    EndAwaiting(awaiting_.front(), TicketOutcome::kLate);
  }
}

void Http2Session::EndAwaiting(Http2Stream& stream, TicketOutcome outcome) {
  const bool durable = outcome == TicketOutcome::kDurable;
  const Http2Answer http = durable ? Http2Answer::kDurable : Http2Answer::kAccepted;
  const Http2Answer grpc = durable ? Http2Answer::kGrpcDurable : Http2Answer::kGrpcOk;
  SubmitAnswer(session_.get(), stream.id(), stream.is_grpc() ? grpc : http);
  sink_.Answered(outcome);
  stream.StopAwaiting();
  stream.Touch(now_);
  streams_.splice(streams_.end(), awaiting_, stream.self);
}

void Http2Session::Shed(Http2Stream& stream) {
  sink_.Shed();
  stream.Drop(Http2Stream::Phase::kIgnored);
}

void Http2Session::OnInvalidFrame(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_HEADERS) block_since_.reset();
  if (Http2Stream* const stream = Find(frame.hd.stream_id)) {
    EndRequest(*stream, stream->is_connect() ? Refusal::kUnknownMethod : Refusal::kBadRequest);
  } else if (frame.hd.type == NGHTTP2_HEADERS && frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
    sink_.Refuse(Refusal::kBadRequest);  // over max_streams, before it knew of that
  }
}

void Http2Session::OnStreamClose(int32_t id) {
  Http2Stream* const stream = Find(id);
  if (stream == nullptr) return;
  EndRequest(*stream, Refusal::kHeadIncomplete);
  (stream->phase() == Http2Stream::Phase::kAwaiting ? awaiting_ : streams_).erase(stream->self);
  idle_since_ = now_.steady;
}

void Http2Session::EndRequest(Http2Stream& stream, Refusal refusal) {
  switch (stream.phase()) {
    case Http2Stream::Phase::kHead:
      sink_.Refuse(refusal);
      return stream.Drop(Http2Stream::Phase::kAnswered);
    case Http2Stream::Phase::kReceiving:
      sink_.Offer(stream.TakeRecord(/*complete=*/false));  // nobody waits for it
      return;
    default:
      return;
  }
}

void Http2Session::EndAll(Refusal refusal) {
  for (Http2Stream& stream : streams_) EndRequest(stream, refusal);
}

void Http2Session::Finish(Refusal refusal) {
  if (awaiting_.empty()) return Terminate(NGHTTP2_NO_ERROR, refusal);
  EndAll(refusal);
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(session_.get()), NGHTTP2_NO_ERROR,
                        nullptr, 0);
  Pump();
  closing_ = true;
}

void Http2Session::Terminate(uint32_t error, Refusal refusal) {
  cut_ = true;
  EndAll(refusal);
  nghttp2_session_terminate_session(session_.get(), error);
  Pump();
  closing_ = true;
}

void Http2Session::CloseSlowReader() {
  cut_ = true;
  EndAll(Refusal::kHeadIncomplete);
  output_.Clear();
  closing_ = true;
}

void Http2Session::Pump() {
  while (true) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
    if (size <= 0) break;
    output_.Append(View(bytes, static_cast<size_t>(size)), now_.steady);
  }
  // nghttp2 has said GOAWAY to a broken protocol, or the peer has, and nothing is under way.
  if (nghttp2_session_want_read(session_.get()) == 0) {
    cut_ = true;
    EndAll(Refusal::kBadRequest);
    closing_ = true;
  }
}

void Http2Session::OnDeadline(Instant now) {
  now_ = now;
  if (!output_.empty() && now.steady >= OutputDeadline()) return CloseSlowReader();
  ExpireAwaiting();
  if (!closing_ && now.steady >= ProtocolDeadline()) {
    const bool block_late = block_since_ && now.steady >= *block_since_ + options_.head_timeout;
    if (streams_.empty() || block_late) return Finish(Refusal::kHeadIncomplete);
    ResetIdleStreams();
  }
  Pump();
}

void Http2Session::ResetIdleStreams() {
  for (Http2Stream& stream : streams_) {
    if (now_.steady < stream.last_frame() + options_.stream_timeout) return;
    EndRequest(stream, Refusal::kHeadIncomplete);
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream.id(), NGHTTP2_CANCEL);
  }
}

std::optional<SteadyTime> Http2Session::deadline() const {
  SteadyTime next = SteadyTime::max();
  if (!output_.empty()) next = std::min(next, OutputDeadline());
  if (awaited() > 0) next = std::min(next, awaiting_.front().ack_deadline());
  if (!closing_) next = std::min(next, ProtocolDeadline());
  if (next == SteadyTime::max()) return std::nullopt;
  return next;
}

SteadyTime Http2Session::ProtocolDeadline() const {
  SteadyTime quiet = SteadyTime::max();
  if (!streams_.empty()) {
    quiet = streams_.front().last_frame() + options_.stream_timeout;
  } else if (awaiting_.empty()) {
    quiet = idle_since_ + options_.idle_timeout;
  }
  return block_since_ ? std::min(quiet, *block_since_ + options_.head_timeout) : quiet;
}

}  // namespace shadowreel
