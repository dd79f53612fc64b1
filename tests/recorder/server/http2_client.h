#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shadowreel {

using FieldList = std::vector<std::pair<std::string, std::string>>;

// The fields of a request for `path` of "a-shadow:80", pseudo-headers first, then `more`.
FieldList Head(std::string_view method, std::string_view path, const FieldList& more = {});

// The client's side of an HTTP/2 connection, by nghttp2: makes bytes for a session and reads its
// answers. One thread.
class Http2Client {
 public:
  Http2Client();
  Http2Client(const Http2Client&) = delete;
  Http2Client& operator=(const Http2Client&) = delete;

  // Each returns the new stream's id. Open leaves the body open.
  int32_t Request(const FieldList& head, std::string body = {}, FieldList trailers = {});
  int32_t Open(const FieldList& head, std::string body = {});
  void Write(int32_t id, std::string_view bytes, bool end = false);
  void Reset(int32_t id, uint32_t error = NGHTTP2_CANCEL);
  void Goaway();

  // What is to be sent: connection preface, SETTINGS and all that was asked for.
  std::string Take();
  void Receive(std::string_view bytes);

  // ":status=202;" and other fields, in the order received; " end" when the stream was ended,
  // " reset N" when it was reset.
  const std::map<int32_t, std::string>& answers() const { return answers_; }
  std::string answer(int32_t id) const;
  std::optional<uint32_t> goaway() const { return goaway_; }  // its error code
  size_t acks() const { return acks_; }                       // of PINGs and SETTINGS
  size_t unsent(int32_t id) const { return bodies_.at(id)->bytes.size(); }
  uint32_t server_setting(nghttp2_settings_id id) const;

 private:
  struct Body {
    std::string bytes;
    bool end;
    FieldList trailers;
  };
  struct Callbacks;
  struct DeleteSession {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };
  int32_t Submit(const FieldList& head, std::unique_ptr<Body> body);

  std::map<int32_t, std::unique_ptr<Body>> bodies_;
  std::map<int32_t, std::string> answers_;
  std::optional<uint32_t> goaway_;
  size_t acks_ = 0;
  std::unique_ptr<nghttp2_session, DeleteSession> session_;
};

// Frames by hand, for what nghttp2 would not send (RFC 9113, 4.1).
std::string Frame(uint8_t type, uint8_t flags, int32_t stream, std::string_view payload);
// Fields as HPACK literals that are not indexed, names as they are (RFC 7541, 6.2.2).
std::string Literals(const FieldList& fields);
// The connection preface and an empty SETTINGS frame.
std::string Preface();

}  // namespace shadowreel
