#include "tests/emitter/http2_connection.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/status.h"

namespace shadowreel {
namespace {

constexpr size_t kMaxUnsent = 64 << 10;  // frames rendered ahead of the kernel

// The bytes stay where they are until the stream is closed.
nghttp2_nv View(std::string_view name, std::string_view value) {
  constexpr uint8_t kNoCopy = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE;
  const auto bytes = [](std::string_view view) {
    return const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(view.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), kNoCopy};
}

void AddViews(const Fields& fields, std::vector<nghttp2_nv>* views) {
  for (const FieldView field : fields) views->push_back(View(field.name, field.value));
}

}  // namespace

Http2Connection::Http2Connection(EventLoop& loop, const SocketAddress& address, size_t streams,
                                 MirrorObserver& observer)
    : address_(address), max_streams_(streams), observer_(observer), socket_(loop, this) {
  nghttp2_session_callbacks* callbacks = nullptr;
  CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &OnHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &OnFrame);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, &OnNotSent);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &OnStreamClose);
  nghttp2_session* session = nullptr;
  CHECK(nghttp2_session_client_new(&session, callbacks, this) == 0);
  nghttp2_session_callbacks_del(callbacks);
  session_.reset(session);
  const nghttp2_settings_entry no_push = {NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
  CHECK(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &no_push, 1) == 0);
}

void Http2Connection::Send(ShadowRequestPtr request) {
  if (!socket_.is_open()) Fail(socket_.Open(address_));
  auto stream = std::make_unique<Stream>();
  stream->request = std::move(request);
  const Record& record = stream->request->record;
  fields_.clear();
  fields_.push_back(View(":authority", record.authority));
  fields_.push_back(View(":path", record.target));
  fields_.push_back(View(":method", record.method));
  fields_.push_back(View(":scheme", "http"));
  AddViews(record.headers, &fields_);
  nghttp2_data_provider provider{};
  provider.source.ptr = stream.get();
  provider.read_callback = &ReadBody;
  const bool has_body = !record.body.empty() || !record.complete;
  const int32_t id = nghttp2_submit_request(session_.get(), nullptr, fields_.data(), fields_.size(),
                                            has_body ? &provider : nullptr, stream.get());
  if (id < 0) return Fail(UnusableError("nghttp2 takes no request: {}", nghttp2_strerror(id)));
  streams_.emplace(id, std::move(stream));
}

void Http2Connection::Flush() {
  if (socket_.is_open()) Fail(SendFrames());
  if (failure_.ok()) return;
  socket_.Close();
  observer_.OnBroken(failure_);
}

void Http2Connection::OnEvents(uint32_t) {
  Fail(Receive());
  Flush();
}

absl::Status Http2Connection::Receive() {
  ASSIGN_OR_RETURN(const std::string_view bytes, socket_.Receive());
  if (socket_.ended()) {
    return UnusableError("{} closed the connection with {} requests on it", address_.text,
                         streams_.size());
  }
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (taken >= 0) return absl::OkStatus();
  return UnusableError("{} speaks no HTTP/2: {}", address_.text,
                       nghttp2_strerror(static_cast<int>(taken)));
}

absl::Status Http2Connection::SendFrames() {
  for (;;) {
    bool more = true;
    while (more && socket_.unsent() < kMaxUnsent) {
      const uint8_t* bytes = nullptr;
      const ssize_t count = nghttp2_session_mem_send(session_.get(), &bytes);
      if (count < 0) {
        return UnusableError("nghttp2 cannot send: {}", nghttp2_strerror(static_cast<int>(count)));
      }
      more = count > 0;
      socket_.output().append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(count));
    }
    RETURN_IF_ERROR(socket_.Flush());
    if (!more || socket_.unsent() > 0) return absl::OkStatus();
  }
}

ssize_t Http2Connection::ReadBody(nghttp2_session* session, int32_t id, uint8_t* buffer,
                                  size_t length, uint32_t* flags, nghttp2_data_source* source,
                                  void* self) {
  auto& stream = *static_cast<Stream*>(source->ptr);
  const ShadowRequest& request = *stream.request;
  const Record& record = request.record;
  const size_t rest = record.body.size() - stream.body_sent;
  if (rest == 0 && !record.complete) {
    CHECK(nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL) == 0);
    return NGHTTP2_ERR_DEFERRED;
  }
  const size_t count = std::min({length, rest, request.piece_bytes});
  std::memcpy(buffer, record.body.data() + stream.body_sent, count);
  stream.body_sent += count;
  if (count < rest || !record.complete) return static_cast<ssize_t>(count);
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (record.trailers.empty()) return static_cast<ssize_t>(count);
  *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
  std::vector<nghttp2_nv>& views = static_cast<Http2Connection*>(self)->fields_;
  views.clear();
  AddViews(record.trailers, &views);
  CHECK(nghttp2_submit_trailer(session, id, views.data(), views.size()) == 0);
  return static_cast<ssize_t>(count);
}

int Http2Connection::OnHeader(nghttp2_session* session, const nghttp2_frame* frame,
                              const uint8_t* name, size_t name_length, const uint8_t* value,
                              size_t value_length, uint8_t, void*) {
  const std::string_view key(reinterpret_cast<const char*>(name), name_length);
  if (key != ":status" || frame->hd.type != NGHTTP2_HEADERS) return 0;
  auto* const stream =
      static_cast<Stream*>(nghttp2_session_get_stream_user_data(session, frame->hd.stream_id));
  const auto* const text = reinterpret_cast<const char*>(value);
  if (stream != nullptr) std::from_chars(text, text + value_length, stream->status);
  return 0;
}

int Http2Connection::OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
  if (frame->hd.type != NGHTTP2_GOAWAY) return 0;
  auto& connection = *static_cast<Http2Connection*>(self);
  connection.Fail(UnusableError(
      "{} ended the connection: GOAWAY {} with {} requests on it", connection.address_.text,
      nghttp2_http2_strerror(frame->goaway.error_code), connection.streams_.size()));
  return 0;
}

int Http2Connection::OnNotSent(nghttp2_session*, const nghttp2_frame* frame, int error,
                               void* self) {
  if (frame->hd.type != NGHTTP2_HEADERS) return 0;
  static_cast<Http2Connection*>(self)->Fail(
      UnusableError("nghttp2 does not send a request: {}", nghttp2_strerror(error)));
  return 0;
}

int Http2Connection::OnStreamClose(nghttp2_session*, int32_t id, uint32_t error, void* self) {
  auto& connection = *static_cast<Http2Connection*>(self);
  const auto found = connection.streams_.find(id);
  if (found == connection.streams_.end()) return 0;
  const std::unique_ptr<Stream> stream = std::move(found->second);
  connection.streams_.erase(found);
  connection.Finish(*stream, error);
  return 0;
}

void Http2Connection::Finish(const Stream& stream, uint32_t error) {
  const Record& record = stream.request->record;
  const bool all_sent = stream.body_sent == record.body.size();
  if (!record.complete && all_sent && error == NGHTTP2_CANCEL) {
    observer_.OnReset(*stream.request);
  } else if (record.complete && all_sent && error == NGHTTP2_NO_ERROR && stream.status >= 200) {
    observer_.OnAnswered(*stream.request, stream.status);
  } else {
    Fail(UnusableError("{} ended request {} by {} with status {} and {} of {} body bytes sent",
                       address_.text, record.number, nghttp2_http2_strerror(error), stream.status,
                       stream.body_sent, record.body.size()));
  }
}

void Http2Connection::Fail(const absl::Status& status) { failure_.Update(status); }

}  // namespace shadowreel
