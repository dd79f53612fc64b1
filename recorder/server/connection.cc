#include "recorder/server/connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace shadowreel {
namespace {

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

Connection::Connection(EventLoop& loop, const Clock& clock, const ConnectionLimits& limits,
                       SharedByListener& shared, int fd, std::unique_ptr<ServerSession> session,
                       std::function<void(int fd)> remove)
    : loop_(loop),
      clock_(clock),
      limits_(limits),
      shared_(shared),
      fd_(fd),
      session_(std::move(session)),
      remove_(std::move(remove)) {}

Connection::~Connection() {
  if (awaiting_) shared_.awaiting.erase(this);
  loop_.Unwatch(fd_);
  close(fd_);
}

absl::Status Connection::Start() {
  interest_ = EPOLLIN;
  return loop_.Watch(fd_, interest_, this);
}

void Connection::OnEvents(uint32_t events) {
  const Instant now{clock_.WallNow(), clock_.SteadyNow()};
  if (state_ == State::kLingering) {
    Drain();
  } else {
    // A hang-up or an error that reading does not get to see would be reported for ever.
    const bool broken = (events & (EPOLLHUP | EPOLLERR)) != 0 && !Reading();
    if (Reading()) Read(now);
    Flush(now);
    if (broken) Break(now);
  }
  Settle(now);
}

void Connection::CheckDeadline(Instant now) {
  if (state_ == State::kLingering) {
    if (now.steady >= linger_deadline_) state_ = State::kFinished;
  } else {
    const auto deadline = session_->deadline();
    if (!deadline || now.steady < *deadline) return;
    session_->OnDeadline(now);
    Flush(now);
  }
  Settle(now);
}

void Connection::OnSettled(const Settled& settled, Instant now) {
  session_->OnSettled(settled, now);
  Flush(now);
  Settle(now);
}

bool Connection::End(Instant now) {
  if (state_ != State::kOpen) return false;
  Read(now);
  EndSession(now);
  Flush(now);
  if (state_ != State::kOpen || session_->awaited() == 0) return false;
  UpdateInterest();
  UpdateAwaiting();
  return true;
}

bool Connection::Reading() const {
  return state_ == State::kOpen && !peer_ended_ && !session_->WantsClose() &&
         session_->output().size() <= limits_.max_unsent_bytes &&
         session_->awaited() <= limits_.max_awaited;
}

void Connection::Read(Instant now) {
  for (size_t i = 0; i < limits_.reads_per_wake && Reading(); ++i) {
    const ssize_t count = recv(fd_, shared_.read_buffer.data(), shared_.read_buffer.size(), 0);
    if (count > 0) {
      session_->OnBytes(std::string_view(shared_.read_buffer).substr(0, count), now);
      Flush(now);
      if (static_cast<size_t>(count) < shared_.read_buffer.size()) return;
    } else if (count == 0) {
      peer_ended_ = true;
      EndSession(now);
    } else if (WouldBlock(errno)) {
      return;
    } else if (errno != EINTR) {
      Break(now);
    }
  }
}

void Connection::Drain() {
  for (size_t i = 0; i < limits_.reads_per_wake; ++i) {
    const ssize_t count = recv(fd_, shared_.read_buffer.data(), shared_.read_buffer.size(), 0);
    if (count < 0 && WouldBlock(errno)) return;
    if (count < 0 && errno == EINTR) continue;
    if (count > 0) lingered_bytes_ += count;
    if (count <= 0 || lingered_bytes_ > limits_.linger_bytes) {
      state_ = State::kFinished;
      return;
    }
  }
}

void Connection::Flush(Instant now) {
  while (state_ == State::kOpen && !session_->output().empty()) {
    const std::string_view output = session_->output();
    const ssize_t count = send(fd_, output.data(), output.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      session_->ConsumeOutput(count);
    } else if (WouldBlock(errno)) {
      return;
    } else if (errno != EINTR) {
      return Break(now);
    }
  }
}

void Connection::EndSession(Instant now) {
  if (std::exchange(session_ended_, true)) return;
  session_->OnEnd(now);
}

void Connection::Break(Instant now) {
  EndSession(now);
  state_ = State::kFinished;
}

void Connection::Settle(Instant now) {
  if (state_ == State::kOpen && session_->output().empty() && session_->awaited() == 0) {
    if (peer_ended_) {
      state_ = State::kFinished;
    } else if (session_->WantsClose()) {
      StartLingering(now);
    }
  }
  if (state_ == State::kFinished) {
    const auto remove = remove_;  // outlives the connection, which ends inside the call
    return remove(fd_);
  }
  UpdateInterest();
  UpdateAwaiting();
}

void Connection::UpdateAwaiting() {
  const bool awaiting = state_ == State::kOpen && session_->awaited() > 0;
  if (awaiting == awaiting_) return;
  awaiting_ = awaiting;
  if (awaiting) {
    shared_.awaiting.insert(this);
  } else {
    shared_.awaiting.erase(this);
  }
}

void Connection::StartLingering(Instant now) {
  shutdown(fd_, SHUT_WR);
  linger_deadline_ = now.steady + limits_.linger_timeout;
  state_ = State::kLingering;
}

void Connection::UpdateInterest() {
  uint32_t wanted = 0;
  if (Reading() || state_ == State::kLingering) wanted |= EPOLLIN;
  if (state_ == State::kOpen && !session_->output().empty()) wanted |= EPOLLOUT;
  if (wanted == interest_) return;
  interest_ = wanted;
  CHECK(loop_.Watch(fd_, wanted, this).ok());
}

}  // namespace shadowreel
