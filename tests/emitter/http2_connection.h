#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/event_loop.h"
#include "tests/emitter/client_socket.h"
#include "tests/emitter/mirror_connection.h"

namespace shadowreel {

// HTTP/2 in clear with prior knowledge (RFC 9113, 3.3): many requests at once, their DATA
// interleaved. A reset is RST_STREAM(CANCEL), which leaves the connection to the others. There is
// one connection for the whole run: when it ends, the run has failed.
class Http2Connection final : public MirrorConnection, private EventHandler {
 public:
  // At most `streams` requests at once.
  Http2Connection(EventLoop& loop, const SocketAddress& address, size_t streams,
                  MirrorObserver& observer);

  bool HasRoom() const override { return failure_.ok() && streams_.size() < max_streams_; }
  void Send(ShadowRequestPtr request) override;
  void Flush() override;

 private:
  struct Stream {
    ShadowRequestPtr request;
    size_t body_sent = 0;
    int status = 0;
  };
  struct DeleteSession {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  static ssize_t ReadBody(nghttp2_session* session, int32_t id, uint8_t* buffer, size_t length,
                          uint32_t* flags, nghttp2_data_source* source, void* self);
  static int OnHeader(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_length, const uint8_t* value, size_t value_length, uint8_t flags,
                      void* self);
  static int OnFrame(nghttp2_session* session, const nghttp2_frame* frame, void* self);
  static int OnNotSent(nghttp2_session* session, const nghttp2_frame* frame, int error, void* self);
  static int OnStreamClose(nghttp2_session* session, int32_t id, uint32_t error, void* self);

  void OnEvents(uint32_t events) override;
  absl::Status Receive();
  // Moves frames to the socket and sends them, a bounded amount at a time.
  absl::Status SendFrames();
  void Finish(const Stream& stream, uint32_t error);
  // Told at the end of the call into nghttp2; the first one wins.
  void Fail(const absl::Status& status);

  const SocketAddress& address_;
  const size_t max_streams_;
  MirrorObserver& observer_;
  ClientSocket socket_;
  std::unordered_map<int32_t, std::unique_ptr<Stream>> streams_;  // outlives the session
  std::unique_ptr<nghttp2_session, DeleteSession> session_;
  std::vector<nghttp2_nv> fields_;  // of the request being submitted
  absl::Status failure_;
};

}  // namespace shadowreel
