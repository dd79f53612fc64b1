#include "tests/recorder/server/http2_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace shadowreel {
namespace {

std::vector<nghttp2_nv> Nvs(const FieldList& fields) {
  std::vector<nghttp2_nv> nvs;
  for (const auto& [name, value] : fields) {
    nvs.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                   reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(),
                   value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  return nvs;
}

// HPACK's integer with a prefix of 7 bits, as string lengths have it.
std::string StringLength(size_t length) {
  if (length < 127) return std::string(1, static_cast<char>(length));
  std::string bytes(1, '\x7f');
  for (length -= 127; length >= 128; length /= 128) bytes += static_cast<char>(length % 128 + 128);
  return bytes + static_cast<char>(length);
}

}  // namespace

FieldList Head(std::string_view method, std::string_view path, const FieldList& more) {
  FieldList fields = {{":method", std::string(method)},
                      {":scheme", "http"},
                      {":authority", "a-shadow:80"},
                      {":path", std::string(path)}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

struct Http2Client::Callbacks {
  static Http2Client& Self(void* client) { return *static_cast<Http2Client*>(client); }

  static ssize_t ReadBody(nghttp2_session* session, int32_t id, uint8_t* to, size_t room,
                          uint32_t* flags, nghttp2_data_source* source, void*) {
    Body& body = *static_cast<Body*>(source->ptr);
    const size_t size = std::min(room, body.bytes.size());
    std::copy_n(body.bytes.data(), size, to);
    body.bytes.erase(0, size);
    if (!body.bytes.empty()) return static_cast<ssize_t>(size);
    if (!body.end) return size == 0 ? ssize_t{NGHTTP2_ERR_DEFERRED} : static_cast<ssize_t>(size);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!body.trailers.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const auto nvs = Nvs(body.trailers);
      CHECK(nghttp2_submit_trailer(session, id, nvs.data(), nvs.size()) == 0);
    }
    return static_cast<ssize_t>(size);
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                      void* self) {
    Self(self).answers_[frame->hd.stream_id] += fmt::format(
        "{}={};", std::string(name, name + name_size), std::string(value, value + value_size));
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    const bool flagged = (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0;  // END_STREAM is the same bit
    if (frame->hd.type == NGHTTP2_HEADERS && flagged) {
      Self(self).answers_[frame->hd.stream_id] += " end";
    } else if (frame->hd.type == NGHTTP2_RST_STREAM) {
      Self(self).answers_[frame->hd.stream_id] +=
          fmt::format(" reset {}", frame->rst_stream.error_code);
    } else if (frame->hd.type == NGHTTP2_GOAWAY) {
      Self(self).goaway_ = frame->goaway.error_code;
    } else if (flagged) {
      ++Self(self).acks_;
    }
    return 0;
  }
};

Http2Client::Http2Client() {
  nghttp2_session_callbacks* callbacks = nullptr;
  CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::OnFrame);
  nghttp2_option* options = nullptr;
  CHECK(nghttp2_option_new(&options) == 0);
  nghttp2_option_set_peer_max_concurrent_streams(options, 5000);
  nghttp2_option_set_max_send_header_block_length(options, 1 << 20);
  nghttp2_session* session = nullptr;
  CHECK(nghttp2_session_client_new2(&session, callbacks, this, options) == 0);
  session_.reset(session);
  nghttp2_option_del(options);
  nghttp2_session_callbacks_del(callbacks);
  CHECK(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0) == 0);
}

int32_t Http2Client::Request(const FieldList& head, std::string body, FieldList trailers) {
  if (body.empty() && trailers.empty()) return Submit(head, nullptr);
  return Submit(head, std::make_unique<Body>(Body{std::move(body), true, std::move(trailers)}));
}

int32_t Http2Client::Open(const FieldList& head, std::string body) {
  return Submit(head, std::make_unique<Body>(Body{std::move(body), false, {}}));
}

int32_t Http2Client::Submit(const FieldList& head, std::unique_ptr<Body> body) {
  nghttp2_data_provider provider{};
  provider.source.ptr = body.get();
  provider.read_callback = Callbacks::ReadBody;
  const auto nvs = Nvs(head);
  const int32_t id = nghttp2_submit_request(session_.get(), nullptr, nvs.data(), nvs.size(),
                                            body == nullptr ? nullptr : &provider, nullptr);
  CHECK(id > 0);
  if (body != nullptr) bodies_[id] = std::move(body);
  return id;
}

void Http2Client::Write(int32_t id, std::string_view bytes, bool end) {
  bodies_.at(id)->bytes += bytes;
  bodies_.at(id)->end = end;
  nghttp2_session_resume_data(session_.get(), id);
}

void Http2Client::Reset(int32_t id, uint32_t error) {
  CHECK(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, error) == 0);
}

void Http2Client::Goaway() {
  CHECK(nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, 0, NGHTTP2_NO_ERROR, nullptr, 0) ==
        0);
}

std::string Http2Client::Take() {
  std::string all;
  const uint8_t* bytes = nullptr;
  while (true) {
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
    CHECK(size >= 0);
    if (size == 0) return all;
    all.append(reinterpret_cast<const char*>(bytes), size);
  }
}

void Http2Client::Receive(std::string_view bytes) {
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  CHECK(taken == static_cast<ssize_t>(bytes.size()));
}

std::string Http2Client::answer(int32_t id) const {
  const auto found = answers_.find(id);
  return found == answers_.end() ? "" : found->second;
}

uint32_t Http2Client::server_setting(nghttp2_settings_id id) const {
  return nghttp2_session_get_remote_settings(session_.get(), id);
}

std::string Frame(uint8_t type, uint8_t flags, int32_t stream, std::string_view payload) {
  std::string frame;
  for (const int shift : {16, 8, 0}) frame += static_cast<char>(payload.size() >> shift);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) frame += static_cast<char>(stream >> shift);
  return frame.append(payload);
}

std::string Literals(const FieldList& fields) {
  std::string bytes;
  for (const auto& [name, value] : fields) {
    bytes += '\0';
    bytes.append(StringLength(name.size())).append(name);
    bytes.append(StringLength(value.size())).append(value);
  }
  return bytes;
}

std::string Preface() {
  return std::string(NGHTTP2_CLIENT_MAGIC) + Frame(NGHTTP2_SETTINGS, NGHTTP2_FLAG_NONE, 0, "");
}

}  // namespace shadowreel
