#pragma once

#include <llhttp.h>

#include <string_view>

#include "base/event_loop.h"
#include "tests/emitter/client_socket.h"
#include "tests/emitter/mirror_connection.h"

namespace shadowreel {

// HTTP/1.1 with keep-alive as Envoy's pool does it: the next request waits for the answer to the
// last. A reset is a close in the middle of the body; the next request opens a new connection.
class Http1Connection final : public MirrorConnection, private EventHandler {
 public:
  Http1Connection(EventLoop& loop, const SocketAddress& address, MirrorObserver& observer)
      : address_(address), observer_(observer), socket_(loop, this) {}

  bool HasRoom() const override { return request_ == nullptr; }
  void Send(ShadowRequestPtr request) override;
  void Flush() override;

 private:
  static int OnHeadersComplete(llhttp_t* llhttp);
  static int OnMessageComplete(llhttp_t* llhttp);
  static const llhttp_settings_t& Settings();

  void OnEvents(uint32_t events) override;
  absl::Status Open();
  absl::Status Receive();
  absl::Status TakeAnswer();
  void Break(const absl::Status& status);

  const SocketAddress& address_;
  MirrorObserver& observer_;
  ClientSocket socket_;
  ShadowRequestPtr request_;  // the one on its way
  llhttp_t answer_;
  int status_ = 0;  // of the complete answer
  bool keep_alive_ = true;
};

}  // namespace shadowreel
