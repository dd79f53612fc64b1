#include "recorder/server/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "base/status.h"
#include "recorder/server/listen_socket.h"

namespace shadowreel {
namespace {

constexpr size_t kReadBufferBytes = 64 << 10;
constexpr int kAcceptsPerWake = 64;
constexpr Nanos kDeadlineScan = std::chrono::milliseconds(100);
constexpr Nanos kAcceptPause = std::chrono::milliseconds(100);

// Errors of accept() that say something of this machine and not of one connection (accept(2)).
bool IsExhausted(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

class Listener::Door final : public EventHandler {
 public:
  Door(Listener& listener, int fd) : listener_(listener), fd_(fd) {}
  ~Door() override {
    Shut();
    close(fd_);
  }
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  absl::Status Open() { return listener_.loop_.Watch(fd_, EPOLLIN, this); }
  void Shut() { listener_.loop_.Unwatch(fd_); }
  void OnEvents(uint32_t) override { listener_.AcceptFrom(fd_); }

 private:
  Listener& listener_;
  const int fd_;
};

absl::StatusOr<std::unique_ptr<Listener>> Listener::Create(EventLoop& loop, const Clock& clock,
                                                           ListenerOptions options,
                                                           SessionFactory factory) {
  std::unique_ptr<Listener> listener(
      new Listener(loop, clock, std::move(options), std::move(factory)));
  for (const std::string& address : listener->options_.addresses) {
    RETURN_IF_ERROR(listener->Open(address));
  }
  return listener;
}

Listener::Listener(EventLoop& loop, const Clock& clock, ListenerOptions options,
                   SessionFactory factory)
    : loop_(loop),
      clock_(clock),
      options_(std::move(options)),
      factory_(std::move(factory)),
      shared_{.read_buffer = std::string(kReadBufferBytes, '\0'), .awaiting = {}} {}

Listener::~Listener() = default;

absl::Status Listener::Open(const std::string& address) {
  ASSIGN_OR_RETURN(ListenSocket socket, OpenListenSocket(address));
  addresses_.push_back(std::move(socket.address));
  doors_.push_back(std::make_unique<Door>(*this, socket.fd));
  return doors_.back()->Open();
}

void Listener::AcceptFrom(int listen_fd) {
  const Instant now{clock_.WallNow(), clock_.SteadyNow()};
  for (int i = 0; i < kAcceptsPerWake; ++i) {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    const int fd =
        accept4(listen_fd, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Admit(fd, FormatSocketAddress(peer), now);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (IsExhausted(errno)) {
      ++accept_failures_;
      return PauseAccepting(now.steady + kAcceptPause);
    }
  }
}

void Listener::Admit(int fd, const std::string& peer, Instant now) {
  if (connections_.size() >= options_.max_connections && !MakeRoom()) {
    ++refused_;
    close(fd);
    return;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  auto connection = std::make_unique<Connection>(loop_, clock_, options_.connection, shared_, fd,
                                                 factory_(accepted_ + 1, peer, now),
                                                 [this](int gone) { connections_.erase(gone); });
  if (!connection->Start().ok()) {
    ++accept_failures_;
    return;
  }
  ++accepted_;
  connections_[fd] = std::move(connection);
}

// While the disk stalls, peers that have given up must not keep those out that come.
bool Listener::MakeRoom() {
  const auto ended =
      std::find_if(shared_.awaiting.begin(), shared_.awaiting.end(),
                   [](const Connection* connection) { return connection->peer_ended(); });
  if (ended == shared_.awaiting.end()) return false;
  connections_.erase((*ended)->fd());
  return true;
}

void Listener::PauseAccepting(SteadyTime until) {
  resume_accepting_ = until;
  for (const auto& door : doors_) door->Shut();
}

void Listener::ResumeAccepting(SteadyTime now) {
  resume_accepting_.reset();
  for (const auto& door : doors_) {
    if (!door->Open().ok()) return PauseAccepting(now + kAcceptPause);
  }
}

void Listener::StopAccepting() {
  resume_accepting_.reset();
  doors_.clear();
}

void Listener::OnSettled(const Settled& settled) {
  const Instant now{clock_.WallNow(), clock_.SteadyNow()};
  // A copy: each may leave the set, and destroy itself, but no other.
  const std::vector<Connection*> awaiting(shared_.awaiting.begin(), shared_.awaiting.end());
  for (Connection* const connection : awaiting) connection->OnSettled(settled, now);
}

void Listener::EndAll(Instant now) {
  for (auto next = connections_.begin(); next != connections_.end();) {
    next = next->second->End(now) ? std::next(next) : connections_.erase(next);
  }
}

void Listener::CheckDeadlines() {
  const SteadyTime steady = clock_.SteadyNow();
  if (resume_accepting_ && steady >= *resume_accepting_) ResumeAccepting(steady);
  if (steady < next_scan_) return;
  next_scan_ = steady + kDeadlineScan;
  const Instant now{clock_.WallNow(), steady};
  for (auto next = connections_.begin(); next != connections_.end();) {
    Connection& connection = *next->second;
    ++next;  // first: the connection may remove itself
    connection.CheckDeadline(now);
  }
}

}  // namespace shadowreel
