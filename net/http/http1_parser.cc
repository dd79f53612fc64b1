#include "net/http/http1_parser.h"

#include <algorithm>
#include <utility>

namespace shadowreel {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// Memory kept for the head of a connection's next request.
constexpr size_t kKeptHeadBytes = 4 << 10;

// llhttp knows CONNECT and HTTP/2's PRI, and would leave HTTP/1 after them.
bool IsUnsupportedMethod(std::string_view method) { return method == "CONNECT" || method == "PRI"; }

// The header fields that llhttp acts on. In the lines of others it would check once more what
// LineScanner and ParseFieldLine have checked: that names are tokens, and values without control
// bytes.
bool IsForLlhttp(std::string_view name) {
  return EqualsIgnoreCase(name, "connection") || EqualsIgnoreCase(name, "content-length") ||
         EqualsIgnoreCase(name, "transfer-encoding") || EqualsIgnoreCase(name, "upgrade") ||
         EqualsIgnoreCase(name, "proxy-connection");
}

}  // namespace

Http1Parser::Http1Parser(Http1Limits limits) : limits_(limits) {
  llhttp_init(&llhttp_, HTTP_REQUEST, &Settings());
  llhttp_.data = this;
}

const llhttp_settings_t& Http1Parser::Settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t made;
    llhttp_settings_init(&made);
    made.on_headers_complete = &Http1Parser::OnHeadersComplete;
    made.on_message_complete = &Http1Parser::OnMessageComplete;
    return made;
  }();
  return settings;
}

int Http1Parser::OnHeadersComplete(llhttp_t* llhttp) {
  auto* const parser = static_cast<Http1Parser*>(llhttp->data);
  parser->headers_complete_ = true;
  // Asked here, because llhttp lets a trailer named Connection change its mind.
  parser->head_.keep_alive = llhttp_should_keep_alive(llhttp) != 0;
  return 0;
}

int Http1Parser::OnMessageComplete(llhttp_t* llhttp) {
  static_cast<Http1Parser*>(llhttp->data)->message_complete_ = true;
  return HPE_PAUSED;
}

bool Http1Parser::started() const {
  if (state_ != State::kRequestLine) return true;
  const std::string_view pending = scanner_.pending();
  return !pending.empty() && pending != "\r";
}

Http1Head Http1Parser::TakeHead() {
  if (IsHeadLarge()) return std::exchange(head_, Http1Head());
  Http1Head taken = head_;  // no larger than it must be, while ours serves the next request
  head_.Clear();
  return taken;
}

bool Http1Parser::IsHeadLarge() const {
  return head_.target.size() + head_.headers.byte_size() > kKeptHeadBytes;
}

void Http1Parser::ClearHead() {
  if (IsHeadLarge()) {
    head_ = Http1Head();
  } else {
    head_.Clear();
  }
}

Fields Http1Parser::TakeTrailers() { return std::exchange(trailers_, Fields()); }

Http1Event Http1Parser::Next(std::string_view* bytes) {
  while (true) {
    switch (state_) {
      case State::kFailed:
        return Http1Event::kError;
      case State::kHeadDue:
        state_ = state_after_head_;
        return Http1Event::kHead;
      case State::kMessageDue:
        state_ = State::kRequestLine;
        return Http1Event::kMessage;
      case State::kFixedBody:
      case State::kChunkBody:
        if (bytes->empty()) return Http1Event::kNeedBytes;
        if (ReadBody(bytes)) return Http1Event::kBody;
        break;
      default:
        if (!ReadLine(bytes)) return Http1Event::kNeedBytes;
    }
  }
}

bool Http1Parser::ReadBody(std::string_view* bytes) {
  const auto count = static_cast<size_t>(std::min<uint64_t>(remaining_, bytes->size()));
  body_ = bytes->substr(0, count);
  bytes->remove_prefix(count);
  if (!Feed(body_)) return false;
  remaining_ -= count;
  if (remaining_ > 0) return true;
  if (state_ == State::kChunkBody) {
    state_ = State::kChunkEnd;
  } else {
    ExpectMessageComplete();
  }
  return state_ != State::kFailed;
}

bool Http1Parser::ReadLine(std::string_view* bytes) {
  switch (scanner_.Scan(bytes, LineLimit())) {
    case LineScanner::Result::kNeedBytes:
      return false;
    case LineScanner::Result::kLine:
      TakeLine();
      break;
    case LineScanner::Result::kTooLong:
      FailTooLong();
      break;
    case LineScanner::Result::kBadByte:
      Fail(Http1Error::kBadRequest, scanner_.problem());
  }
  return true;
}

size_t Http1Parser::LineLimit() const {
  switch (state_) {
    case State::kChunkLine:
      return limits_.max_chunk_line_bytes;
    case State::kChunkEnd:
      return kLineEnd.size();
    default:
      return limits_.max_head_bytes - head_bytes_;
  }
}

void Http1Parser::FailTooLong() {
  switch (state_) {
    case State::kChunkLine:
      return Fail(Http1Error::kBadRequest, "a chunk size line over the bound");
    case State::kChunkEnd:
      return Fail(Http1Error::kBadRequest, "a chunk longer than its size");
    default:
      return Fail(Http1Error::kHeadTooLarge, "header bytes over the bound");
  }
}

void Http1Parser::TakeLine() {
  std::string_view line = scanner_.line();
  line.remove_suffix(kLineEnd.size());
  switch (state_) {
    case State::kRequestLine:
      return TakeRequestLine(line);
    case State::kFields:
      return line.empty() ? FinishHead() : TakeFieldLine(line, &head_.headers);
    case State::kChunkLine:
      return TakeChunkLine(line);
    case State::kChunkEnd:
      if (Feed(scanner_.line())) state_ = State::kChunkLine;
      return;
    default:
      return line.empty() ? FinishTrailers() : TakeFieldLine(line, &trailers_);
  }
}

void Http1Parser::TakeRequestLine(std::string_view line) {
  if (line.empty()) {
    if (++empty_lines_ > limits_.max_empty_lines) {
      Fail(Http1Error::kBadRequest, "too many empty lines before a request");
    }
    return;
  }
  ClearHead();
  trailers_.Clear();
  empty_lines_ = 0;
  extension_bytes_ = 0;
  headers_complete_ = false;
  message_complete_ = false;
  llhttp_reset(&llhttp_);  // also forgets an Upgrade, which a server may ignore (RFC 9110, 7.8)
  if (const char* problem = ParseRequestLine(line, &head_)) {
    return Fail(Http1Error::kBadRequest, problem);
  }
  if (IsUnsupportedMethod(head_.method)) {
    return Fail(Http1Error::kUnknownMethod, "an unsupported method");
  }
  if (!Feed(scanner_.line())) return;
  head_bytes_ = scanner_.line().size();
  state_ = State::kFields;
}

void Http1Parser::TakeFieldLine(std::string_view line, Fields* fields) {
  if (fields->size() == limits_.max_fields) {
    return Fail(Http1Error::kHeadTooLarge, "more header fields than the bound");
  }
  const char* problem = ParseFieldLine(line, fields);
  if (problem == nullptr && fields == &head_.headers) problem = NoteLastField(&head_);
  if (problem != nullptr) return Fail(Http1Error::kBadRequest, problem);
  head_bytes_ += scanner_.line().size();
  const std::string_view name = (*fields)[fields->size() - 1].name;
  if (state_ == State::kTrailers || IsForLlhttp(name)) Feed(scanner_.line());
}

void Http1Parser::FinishHead() {
  head_bytes_ = 0;
  if (const char* problem = FinishFields(&head_)) return Fail(Http1Error::kBadRequest, problem);
  if (!Feed(scanner_.line())) return;
  if (!headers_complete_) return Fail(Http1Error::kBadRequest, "a head without an end");
  if (head_.framing == Http1Framing::kChunked) {
    state_after_head_ = State::kChunkLine;
  } else if (head_.content_length > 0) {
    remaining_ = head_.content_length;
    state_after_head_ = State::kFixedBody;
  } else {
    ExpectMessageComplete();
    if (state_ == State::kFailed) return;
    state_after_head_ = State::kMessageDue;
  }
  state_ = State::kHeadDue;
}

void Http1Parser::TakeChunkLine(std::string_view line) {
  const std::string_view size = line.substr(0, line.find(';'));
  extension_bytes_ += line.size() - size.size();
  if (extension_bytes_ > limits_.max_chunk_extension_bytes) {
    return Fail(Http1Error::kBadRequest, "chunk extensions over the bound");
  }
  // Extensions are ignored (RFC 9112, 7.1.1); llhttp would refuse valid ones.
  if (!Feed(size) || !Feed(kLineEnd)) return;
  remaining_ = llhttp_.content_length;  // of the chunk, once its line is parsed
  state_ = remaining_ > 0 ? State::kChunkBody : State::kTrailers;
}

void Http1Parser::FinishTrailers() {
  head_bytes_ = 0;
  if (const char* problem = CheckTrailers(trailers_)) return Fail(Http1Error::kBadRequest, problem);
  if (Feed(scanner_.line())) ExpectMessageComplete();
}

void Http1Parser::ExpectMessageComplete() {
  if (!message_complete_) return Fail(Http1Error::kBadRequest, "a message without an end");
  state_ = State::kMessageDue;
}

bool Http1Parser::Feed(std::string_view bytes) {
  const llhttp_errno_t result = llhttp_execute(&llhttp_, bytes.data(), bytes.size());
  if (result == HPE_OK) return true;
  if (result == HPE_PAUSED && llhttp_get_error_pos(&llhttp_) == bytes.data() + bytes.size()) {
    return true;
  }
  // Of a request line that passed our own check, only the method can be what it does not know.
  const bool method = state_ == State::kRequestLine &&
                      (result == HPE_INVALID_METHOD || result == HPE_INVALID_CONSTANT);
  Fail(method ? Http1Error::kUnknownMethod : Http1Error::kBadRequest,
       llhttp_get_error_reason(&llhttp_));
  return false;
}

void Http1Parser::Fail(Http1Error error, const char* text) {
  state_ = State::kFailed;
  error_ = error;
  error_text_ = text;
}

}  // namespace shadowreel
