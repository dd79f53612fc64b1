#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "recorder/capture/record_sink.h"
#include "recorder/server/http1_session.h"
#include "recorder/server/http2_session.h"
#include "recorder/server/reset_limiter.h"
#include "recorder/server/server_session.h"
#include "recorder/server/upload.h"

namespace shadowreel {

// What all sessions of a recorder share. The references must outlive the sessions.
struct SharedByConnections {
  const Http1SessionOptions& http1;
  const Http2SessionOptions& http2;
  RecordSink& sink;
  UploadBudget& uploads;
  ResetLimiter& resets;
};

// HTTP/1 or HTTP/2 on one port: a connection that begins with HTTP/2's client preface (RFC 9113,
// 3.4) is HTTP/2, every other is HTTP/1. Until the first byte that tells, it holds at most the
// preface's 24 bytes. Owned and called by the listener's thread.
class ProtocolSession final : public ServerSession {
 public:
  ProtocolSession(const SharedByConnections& shared, uint64_t connection, std::string peer,
                  Instant opened);

  void OnBytes(std::string_view bytes, Instant now) override;
  void OnEnd(Instant now) override;
  std::string_view output() const override;
  void ConsumeOutput(size_t count) override;
  bool WantsClose() const override { return session_ && session_->WantsClose(); }
  size_t awaited() const override { return session_ ? session_->awaited() : 0; }
  void OnSettled(const Settled& settled, Instant now) override {
    if (session_) session_->OnSettled(settled, now);
  }
  std::optional<SteadyTime> deadline() const override;
  void OnDeadline(Instant now) override;

 private:
  void BecomeHttp1();
  void BecomeHttp2();
  // Hands over what was held back, with its time.
  void Replay();

  const SharedByConnections shared_;
  const uint64_t connection_;
  const std::string peer_;
  Instant begun_;                           // opened, from the first byte on that byte's time
  std::string held_;                        // a beginning of the preface
  std::unique_ptr<ServerSession> session_;  // once the protocol is known
};

}  // namespace shadowreel
