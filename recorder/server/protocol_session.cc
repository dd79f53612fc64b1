#include "recorder/server/protocol_session.h"

#include <algorithm>
#include <utility>

namespace shadowreel {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

}  // namespace

ProtocolSession::ProtocolSession(const SharedByConnections& shared, uint64_t connection,
                                 std::string peer, Instant opened)
    : shared_(shared), connection_(connection), peer_(std::move(peer)), begun_(opened) {}

void ProtocolSession::OnBytes(std::string_view bytes, Instant now) {
  if (session_) return session_->OnBytes(bytes, now);
  if (bytes.empty()) return;
  const std::string_view due = kPreface.substr(held_.size());
  const std::string_view next = bytes.substr(0, due.size());
  const bool matches = due.starts_with(next);
  if (!matches) {
    BecomeHttp1();
  } else if (next.size() == due.size()) {
    BecomeHttp2();
  } else {
    if (held_.empty()) begun_ = now;
    held_.append(next);
    return;
  }
  session_->OnBytes(bytes, now);
}

void ProtocolSession::BecomeHttp1() {
  session_ = std::make_unique<Http1Session>(shared_.http1, connection_, peer_, shared_.sink,
                                            shared_.uploads, begun_);
  Replay();
}

void ProtocolSession::BecomeHttp2() {
  session_ = std::make_unique<Http2Session>(shared_.http2, connection_, peer_, shared_.sink,
                                            shared_.uploads, shared_.resets, begun_);
  Replay();
}

void ProtocolSession::Replay() {
  if (!held_.empty()) session_->OnBytes(std::exchange(held_, {}), begun_);
}

void ProtocolSession::OnEnd(Instant now) {
  if (!session_) BecomeHttp1();
  session_->OnEnd(now);
}

std::string_view ProtocolSession::output() const {
  return session_ ? session_->output() : std::string_view();
}

void ProtocolSession::ConsumeOutput(size_t count) {
  if (session_) session_->ConsumeOutput(count);
}

std::optional<SteadyTime> ProtocolSession::deadline() const {
  if (session_) return session_->deadline();
  const Http1SessionOptions& http1 = shared_.http1;
  return begun_.steady + (held_.empty() ? http1.idle_timeout : http1.head_timeout);
}

void ProtocolSession::OnDeadline(Instant now) {
  if (!session_) BecomeHttp1();  // which knows what a late peer is told
  session_->OnDeadline(now);
}

}  // namespace shadowreel
