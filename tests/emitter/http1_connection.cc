#include "tests/emitter/http1_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "base/status.h"

namespace shadowreel {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

void AppendFields(const Fields& fields, std::string* out) {
  for (const FieldView field : fields) {
    out->append(field.name).append(": ").append(field.value).append(kLineEnd);
  }
  out->append(kLineEnd);
}

void AppendChunks(const ShadowRequest& request, std::string* out) {
  std::string_view rest = request.record.body;
  while (rest.size() > request.piece_bytes) {
    const std::string_view piece = rest.substr(0, request.piece_bytes);
    fmt::format_to(std::back_inserter(*out), "{:x}\r\n{}\r\n", piece.size(), piece);
    rest.remove_prefix(piece.size());
  }
  if (!request.record.complete) {  // ends inside a chunk
    fmt::format_to(std::back_inserter(*out), "{:x}\r\n{}", rest.size() + 1, rest);
    return;
  }
  if (!rest.empty()) fmt::format_to(std::back_inserter(*out), "{:x}\r\n{}\r\n", rest.size(), rest);
  out->append("0\r\n");
  AppendFields(request.record.trailers, out);
}

void AppendRequest(const ShadowRequest& request, std::string* out) {
  const Record& record = request.record;
  out->append(record.method).append(" ").append(record.target).append(" HTTP/1.1\r\n");
  AppendFields(record.headers, out);
  if (record.framing == Framing::kChunked) {
    AppendChunks(request, out);
  } else {
    out->append(record.body);
  }
}

}  // namespace

const llhttp_settings_t& Http1Connection::Settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t made;
    llhttp_settings_init(&made);
    made.on_headers_complete = &Http1Connection::OnHeadersComplete;
    made.on_message_complete = &Http1Connection::OnMessageComplete;
    return made;
  }();
  return settings;
}

int Http1Connection::OnHeadersComplete(llhttp_t* llhttp) {
  const auto* const self = static_cast<Http1Connection*>(llhttp->data);
  const bool no_body = self->request_ != nullptr && self->request_->record.method == "HEAD";
  return no_body ? 1 : 0;
}

int Http1Connection::OnMessageComplete(llhttp_t* llhttp) {
  auto* const self = static_cast<Http1Connection*>(llhttp->data);
  if (llhttp->status_code < 200) return 0;
  self->status_ = llhttp->status_code;
  self->keep_alive_ = llhttp_should_keep_alive(llhttp) != 0;
  return 0;
}

absl::Status Http1Connection::Open() {
  llhttp_init(&answer_, HTTP_RESPONSE, &Settings());
  answer_.data = this;
  keep_alive_ = true;
  return socket_.Open(address_);
}

void Http1Connection::Send(ShadowRequestPtr request) {
  request_ = std::move(request);
  if (!socket_.is_open()) {
    if (const absl::Status opened = Open(); !opened.ok()) return Break(opened);
  }
  AppendRequest(*request_, &socket_.output());
}

void Http1Connection::Flush() {
  if (!socket_.is_open()) return;
  if (const absl::Status sent = socket_.Flush(); !sent.ok()) return Break(sent);
  if (request_ == nullptr || request_->record.complete || socket_.unsent() > 0) return;
  socket_.Close();
  const ShadowRequestPtr reset = std::move(request_);
  observer_.OnReset(*reset);
}

void Http1Connection::OnEvents(uint32_t) {
  if (const absl::Status received = Receive(); !received.ok()) return Break(received);
  Flush();
}

absl::Status Http1Connection::Receive() {
  ASSIGN_OR_RETURN(const std::string_view bytes, socket_.Receive());
  const llhttp_errno_t error = socket_.ended()
                                   ? llhttp_finish(&answer_)
                                   : llhttp_execute(&answer_, bytes.data(), bytes.size());
  if (error != HPE_OK) {
    return UnusableError("{} answers what is no HTTP/1.1: {}", address_.text,
                         llhttp_errno_name(error));
  }
  if (status_ != 0) RETURN_IF_ERROR(TakeAnswer());
  if (socket_.ended() || !keep_alive_) {
    if (request_ != nullptr) {
      return UnusableError("{} closed the connection before it answered request {}", address_.text,
                           request_->record.number);
    }
    socket_.Close();
  }
  return absl::OkStatus();
}

absl::Status Http1Connection::TakeAnswer() {
  const int status = std::exchange(status_, 0);
  if (request_ == nullptr || !request_->record.complete || socket_.unsent() > 0) {
    return UnusableError("{} answered {} before a whole request was sent", address_.text, status);
  }
  const ShadowRequestPtr answered = std::move(request_);
  observer_.OnAnswered(*answered, status);
  return absl::OkStatus();
}

void Http1Connection::Break(const absl::Status& status) {
  socket_.Close();
  request_.reset();
  observer_.OnBroken(status);
}

}  // namespace shadowreel
