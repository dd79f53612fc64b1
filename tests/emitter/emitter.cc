#include "tests/emitter/emitter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "base/units.h"
#include "tests/emitter/http1_connection.h"
#include "tests/emitter/http2_connection.h"

namespace shadowreel {

absl::StatusOr<std::unique_ptr<Emitter>> Emitter::Create(const EmitterOptions& options,
                                                         const Clock& clock, Callback ended) {
  ASSIGN_OR_RETURN(SocketAddress address, ResolveAddress(options.target));
  ASSIGN_OR_RETURN(std::unique_ptr<EventLoop> loop, EventLoop::Create());
  return std::unique_ptr<Emitter>(
      new Emitter(options, clock, std::move(ended), std::move(address), std::move(loop)));
}

Emitter::Emitter(const EmitterOptions& options, const Clock& clock, Callback ended,
                 SocketAddress address, std::unique_ptr<EventLoop> loop)
    : options_(options),
      clock_(clock),
      ended_(std::move(ended)),
      address_(std::move(address)),
      mix_(options.mix),
      loop_(std::move(loop)) {
  MirrorObserver& observer = *this;  // private, so that make_unique could not convert
  for (uint64_t i = 0; i < options_.connections; ++i) {
    if (options_.mix.version == HttpVersion::kHttp2) {
      connections_.push_back(
          std::make_unique<Http2Connection>(*loop_, address_, options_.streams, observer));
    } else {
      connections_.push_back(std::make_unique<Http1Connection>(*loop_, address_, observer));
    }
  }
}

absl::Status Emitter::Run() {
  start_ = clock_.SteadyNow();
  SteadyTime now = start_;
  while (Ended() < options_.requests && broken_.ok()) {
    if (now - start_ >= options_.deadline) {
      broken_ = UnusableError("{} of {} requests were neither answered nor reset after {}",
                              options_.requests - Ended(), options_.requests,
                              FormatDuration(options_.deadline));
      break;
    }
    SendDue(now);
    loop_->RunOnce(Patience(now));
    now = clock_.SteadyNow();
  }
  tally_.duration = now - start_;
  return broken_.ok() ? refused_ : broken_;
}

uint64_t Emitter::DueBy(SteadyTime now) const {
  if (options_.rate <= 0) return options_.requests;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  return std::min(options_.requests, 1 + static_cast<uint64_t>(seconds * options_.rate));
}

void Emitter::SendDue(SteadyTime now) {
  for (const uint64_t due = DueBy(now); tally_.sent < due; ++tally_.sent) {
    MirrorConnection* const connection = NextWithRoom();
    if (connection == nullptr) break;
    connection->Send(mix_.Make(tally_.sent));
  }
  for (const auto& connection : connections_) connection->Flush();
}

MirrorConnection* Emitter::NextWithRoom() {
  for (size_t i = 0; i < connections_.size(); ++i) {
    MirrorConnection* const connection = connections_[next_connection_].get();
    next_connection_ = (next_connection_ + 1) % connections_.size();
    if (connection->HasRoom()) return connection;
  }
  return nullptr;
}

// Until the next request is due, or the deadline. At once when a reset has just made room, which
// no event will tell.
Nanos Emitter::Patience(SteadyTime now) const {
  const bool has_room = std::any_of(connections_.begin(), connections_.end(),
                                    [](const auto& c) { return c->HasRoom(); });
  Nanos patience = start_ + options_.deadline - now;
  if (tally_.sent >= options_.requests || !has_room) return patience;
  if (tally_.sent < DueBy(now)) return Nanos(0);
  const std::chrono::duration<double> due(static_cast<double>(tally_.sent) / options_.rate);
  return std::clamp(start_ + std::chrono::ceil<Nanos>(due) - now, Nanos(0), patience);
}

void Emitter::OnAnswered(const ShadowRequest& request, int status) {
  ++tally_.answered;
  if (status < 200 || status > 299) {
    ++tally_.refused;
    refused_.Update(UnusableError("{} answered request {} ({} {}) with {}", options_.target,
                                  request.record.number, request.record.method,
                                  request.record.target, status));
  }
  ended_(request);
}

void Emitter::OnReset(const ShadowRequest& request) {
  ++tally_.reset;
  ended_(request);
}

}  // namespace shadowreel
