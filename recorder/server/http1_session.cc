#include "recorder/server/http1_session.h"

#include <algorithm>
#include <utility>

#include "net/http/authority.h"

namespace shadowreel {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// What is said to a request that is stored for sure, and to any other. 204 has no Content-Length
// (RFC 9110, 8.6).
struct Texts {
  std::string_view durable;
  std::string_view accepted;
};
constexpr Texts kPlain = {"HTTP/1.1 204 No Content\r\n\r\n",
                          "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"};
// HTTP/1.0 assumes a close unless told otherwise (RFC 9112, 9.3).
constexpr Texts kKeepAlive = {
    "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n",
    "HTTP/1.1 202 Accepted\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"};
constexpr Texts kClose = {
    "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"};

constexpr std::string_view kBadRequest =
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kTimeout =
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kHeadTooLarge =
    "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n"
    "Content-Length: 0\r\n\r\n";

Refusal RefusalFor(Http1Error error) {
  switch (error) {
    case Http1Error::kHeadTooLarge:
      return Refusal::kHeadTooLarge;
    case Http1Error::kUnknownMethod:
      return Refusal::kUnknownMethod;
    default:
      return Refusal::kBadRequest;
  }
}

Framing FramingOf(Http1Framing framing) {
  switch (framing) {
    case Http1Framing::kContentLength:
      return Framing::kContentLength;
    case Http1Framing::kChunked:
      return Framing::kChunked;
    default:
      return Framing::kNone;
  }
}

// For whom the request is: an absolute-form target goes before Host (RFC 9112, 3.2.2).
std::string_view AuthorityOf(const Record& record) {
  if (const auto authority = AuthorityOfTarget(record.target)) return *authority;
  return record.headers.Find("host").value_or(std::string_view());
}

}  // namespace

Http1Session::Http1Session(const Http1SessionOptions& options, uint64_t connection,
                           std::string peer, RecordSink& sink, UploadBudget& uploads,
                           Instant opened)
    : options_(options),
      connection_(connection),
      peer_(std::move(peer)),
      sink_(sink),
      parser_(options.limits),
      phase_start_(opened.steady),
      upload_(uploads, options.max_body_bytes),
      answers_(sink) {}

void Http1Session::OnBytes(std::string_view bytes, Instant now) {
  if (closing_) return;
  if (output_.view().size() > options_.max_output_bytes) return CloseSlowReader();
  last_byte_ = now.wall;
  while (!closing_) {
    const Http1Event event = parser_.Next(&bytes);
    if (phase_ == Phase::kIdle && (event != Http1Event::kNeedBytes || parser_.started())) {
      arrival_ = now.wall;
      Enter(Phase::kHead, now);
    }
    switch (event) {
      case Http1Event::kNeedBytes:
        return;
      case Http1Event::kHead:
        OnHead(now);
        break;
      case Http1Event::kBody:
        OnBody(parser_.body());
        break;
      case Http1Event::kMessage:
        OnMessage(now);
        break;
      case Http1Event::kError:
        OnError(now);
    }
  }
}

void Http1Session::OnHead(Instant now) {
  Enter(Phase::kBody, now);
  keep_alive_ = parser_.head().keep_alive;
  http10_ = parser_.head().minor_version == 0;
  if (parser_.head().expect_continue) Answer(kContinue, now);
  if (sink_.Admit()) StartRecord(parser_.TakeHead());
}

void Http1Session::StartRecord(Http1Head head) {
  const bool has_body = head.framing != Http1Framing::kNone;
  const uint64_t content_length = head.content_length;
  Record& record = record_.emplace();
  record.arrival = arrival_;
  record.method = std::move(head.method);
  record.target = std::move(head.target);
  record.version = http10_ ? HttpVersion::kHttp10 : HttpVersion::kHttp11;
  record.headers = std::move(head.headers);
  record.framing = FramingOf(head.framing);
  record.authority = AuthorityOf(record);
  record.stripped_authority = StripShadow(record.authority);
  record.connection = connection_;
  record.peer = peer_;
  if (has_body && !upload_.Start(record, content_length)) ShedRecord();
}

void Http1Session::OnBody(std::string_view bytes) {
  window_bytes_ += bytes.size();
  if (!record_) return;
  if (!upload_.Append(bytes, &*record_)) ShedRecord();
}

void Http1Session::ShedRecord() {
  sink_.Shed();
  record_.reset();
  upload_.Release();
}

void Http1Session::OnMessage(Instant now) {
  Ticket ticket = kNoTicket;
  if (record_) {
    record_->trailers = parser_.TakeTrailers();
    ticket = OfferRecord();
  }
  Enter(Phase::kIdle, now);
  closing_ = !keep_alive_;
  const Texts& texts = closing_ ? kClose : http10_ ? kKeepAlive : kPlain;
  if (ticket == kNoTicket) return Answer(texts.accepted, now);
  answers_.Await(ticket, now.steady + options_.ack_deadline, texts.durable, texts.accepted);
}

void Http1Session::OnSettled(const Settled& settled, Instant now) {
  answers_.Settle(settled);
  ReleaseAnswers(now);
}

void Http1Session::ReleaseAnswers(Instant now) {
  if (answers_.empty()) return;
  answers_.Release(&output_, now.steady);
  // The peer's turn again.
  if (answers_.empty() && phase_ != Phase::kHead) Enter(phase_, now);
}

void Http1Session::OnError(Instant now) {
  const Http1Error error = parser_.error();
  EndRequest(RefusalFor(error));
  Answer(error == Http1Error::kHeadTooLarge ? kHeadTooLarge : kBadRequest, now);
}

void Http1Session::OnEnd(Instant) { EndRequest(Refusal::kHeadIncomplete); }

void Http1Session::OnDeadline(Instant now) {
  if (!output_.empty() && now.steady >= OutputDeadline()) return CloseSlowReader();
  answers_.Expire(now.steady);
  ReleaseAnswers(now);
  if (!PhaseEnds() || now.steady < PhaseDeadline()) return;
  if (phase_ == Phase::kBody && window_bytes_ >= options_.min_body_bytes) {
    return Enter(Phase::kBody, now);  // the next window
  }
  const bool in_request = phase_ != Phase::kIdle;
  EndRequest(Refusal::kHeadIncomplete);
  if (in_request) Answer(kTimeout, now);
}

void Http1Session::CloseSlowReader() {
  EndRequest(Refusal::kHeadIncomplete);
  answers_.Clear();
  output_.Clear();
}

void Http1Session::EndRequest(Refusal refusal) {
  if (phase_ == Phase::kHead) sink_.Refuse(refusal);
  if (record_) {
    record_->complete = false;
    OfferRecord();  // cut short: nobody waits for it
  }
  phase_ = Phase::kIdle;
  closing_ = true;
}

Ticket Http1Session::OfferRecord() {
  record_->completed = last_byte_;
  const Ticket ticket = sink_.Offer(std::move(*record_));
  record_.reset();
  upload_.Release();
  return ticket;
}

void Http1Session::Enter(Phase phase, Instant now) {
  phase_ = phase;
  phase_start_ = now.steady;
  window_bytes_ = 0;
}

std::optional<SteadyTime> Http1Session::deadline() const {
  SteadyTime next = SteadyTime::max();
  if (!output_.empty()) next = std::min(next, OutputDeadline());
  if (!answers_.empty()) next = std::min(next, answers_.deadline());
  if (PhaseEnds()) next = std::min(next, PhaseDeadline());
  if (next == SteadyTime::max()) return std::nullopt;
  return next;
}

bool Http1Session::PhaseEnds() const {
  return !closing_ && (answers_.empty() || phase_ == Phase::kHead);
}

SteadyTime Http1Session::OutputDeadline() const {
  return output_.since() + options_.output_timeout;
}

SteadyTime Http1Session::PhaseDeadline() const {
  switch (phase_) {
    case Phase::kHead:
      return phase_start_ + options_.head_timeout;
    case Phase::kBody:
      return phase_start_ + options_.body_timeout;
    default:
      return phase_start_ + options_.idle_timeout;
  }
}

void Http1Session::Answer(std::string_view bytes, Instant now) {
  if (answers_.empty()) {
    output_.Append(bytes, now.steady);
  } else {
    answers_.Append(bytes);
  }
}

}  // namespace shadowreel
