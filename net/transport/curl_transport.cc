#include "net/transport/curl_transport.h"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/event_loop.h"
#include "base/status.h"
#include "net/transport/curl_exchange.h"
#include "net/transport/curl_routes.h"

namespace shadowreel {
namespace {

// Shorter waits are not slept: the kernel would oversleep them.
constexpr Nanos kShortestSleep = std::chrono::microseconds(60);

template <typename Value>
void SetMulti(CURLM* multi, CURLMoption option, Value value) {
  CHECK(curl_multi_setopt(multi, option, value) == CURLM_OK);
}

void InitializeOnce() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(result == CURLE_OK);
}

// Every endpoint's connections may stay, but not at the price of the process' last descriptors:
// libcurl then closes idle ones.
size_t ConnectionLimit(const CurlTransportOptions& options, size_t routes) {
  constexpr rlim_t kOtherFiles = 64;
  rlimit files{};
  CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
  const size_t room = files.rlim_cur - std::min(files.rlim_cur, kOtherFiles);
  return std::max(options.max_connections, std::min(options.max_connections * routes, room));
}

// Owner: the thread that submits and polls.
class CurlTransportLoop final : public CurlTransport, public CurlSocketOwner {
 public:
  CurlTransportLoop(CurlTransportOptions options, const Clock& clock, ExchangeSink& sink,
                    std::unique_ptr<EventLoop> loop);
  ~CurlTransportLoop() override;

  void Submit(uint64_t token, OutboundRequest&& request) override;
  void Poll(SteadyTime until) override;
  size_t in_flight() const override { return exchanges_.size() - idle_.size() + rejected_.size(); }
  void Abandon() override;
  std::string Describe() const override;

 private:
  // One of libcurl's sockets. Between two requests libcurl wants nothing of a connection; its
  // registration stays until an event comes unwanted, which saves two system calls a request.
  struct Socket final : EventHandler {
    void OnEvents(uint32_t events) override { transport->OnSocketEvents(*this, events); }
    CurlTransportLoop* transport = nullptr;
    curl_socket_t fd = CURL_SOCKET_BAD;
    uint32_t wanted = 0;
    uint32_t watched = 0;
    bool connection = false;  // we are told when it closes; not so of the resolver's
  };
  struct Rejected {
    uint64_t token;
    std::string why;
  };

  static int OnSocketWish(CURL*, curl_socket_t fd, int wish, void* self, void*);
  static int OnTimerWish(CURLM*, long timeout_millis, void* self);

  void OnOpened(curl_socket_t fd) override;
  void OnClosing(curl_socket_t fd) override;
  void OnSocketEvents(Socket& socket, uint32_t events);
  void Want(curl_socket_t fd, uint32_t events);
  void FireTimer();
  size_t ReportEnds();
  size_t ReportRejected();
  CurlExchange* TakeIdle();
  void PutBack(CurlExchange* exchange);

  const CurlTransportOptions options_;
  const Clock& clock_;
  ExchangeSink& sink_;
  const std::unique_ptr<EventLoop> loop_;
  std::unordered_map<curl_socket_t, Socket> sockets_;
  SteadyTime timer_due_ = SteadyTime::max();
  const CurlRoutes routes_;
  CURLM* const multi_;
  std::vector<std::unique_ptr<CurlExchange>> exchanges_;  // idle or in flight
  std::vector<CurlExchange*> idle_;
  std::vector<Rejected> rejected_;
};

CurlTransportLoop::CurlTransportLoop(CurlTransportOptions options, const Clock& clock,
                                     ExchangeSink& sink, std::unique_ptr<EventLoop> loop)
    : options_(std::move(options)),
      clock_(clock),
      sink_(sink),
      loop_(std::move(loop)),
      routes_(options_.target, options_.endpoints),
      multi_(curl_multi_init()) {
  CHECK(multi_ != nullptr);
  const auto connections = static_cast<long>(ConnectionLimit(options_, routes_.size()));
  SetMulti(multi_, CURLMOPT_SOCKETFUNCTION, &CurlTransportLoop::OnSocketWish);
  SetMulti(multi_, CURLMOPT_SOCKETDATA, this);
  SetMulti(multi_, CURLMOPT_TIMERFUNCTION, &CurlTransportLoop::OnTimerWish);
  SetMulti(multi_, CURLMOPT_TIMERDATA, this);
  SetMulti(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  SetMulti(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  SetMulti(multi_, CURLMOPT_MAXCONNECTS, connections);
}

CurlTransportLoop::~CurlTransportLoop() {
  Abandon();
  exchanges_.clear();
  curl_multi_cleanup(multi_);
}

CurlExchange* CurlTransportLoop::TakeIdle() {
  if (idle_.empty()) {
    exchanges_.push_back(std::make_unique<CurlExchange>(options_, clock_, *this));
    return exchanges_.back().get();
  }
  CurlExchange* const exchange = idle_.back();
  idle_.pop_back();
  return exchange;
}

void CurlTransportLoop::PutBack(CurlExchange* exchange) {
  if (!exchange->spent()) {
    idle_.push_back(exchange);
    return;
  }
  std::erase_if(exchanges_, [&](const auto& owned) { return owned.get() == exchange; });
}

void CurlTransportLoop::Submit(uint64_t token, OutboundRequest&& request) {
  CHECK(in_flight() < options_.max_connections);
  CurlExchange* const exchange = TakeIdle();
  const CurlRoute& route = routes_.At(request.turn);
  if (std::string why = exchange->Begin(token, std::move(request), route); !why.empty()) {
    rejected_.push_back({token, std::move(why)});
    PutBack(exchange);
    return;
  }
  CHECK(curl_multi_add_handle(multi_, exchange->easy()) == CURLM_OK);
}

void CurlTransportLoop::Poll(SteadyTime until) {
  size_t ended = ReportRejected();
  const SteadyTime now = clock_.SteadyNow();
  if (timer_due_ <= now) {
    FireTimer();
    ended += ReportEnds();
  }
  Nanos wait = std::min(until, timer_due_) - now;
  if (ended != 0 || wait < kShortestSleep) wait = Nanos(0);
  if (loop_->RunOnce(wait) != 0) ReportEnds();
}

void CurlTransportLoop::FireTimer() {
  timer_due_ = SteadyTime::max();
  int running = 0;
  curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
}

size_t CurlTransportLoop::ReportEnds() {
  size_t count = 0;
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // the message dies with the removal
    CurlExchange* const exchange = CurlExchange::Of(message->easy_handle);
    CHECK(curl_multi_remove_handle(multi_, exchange->easy()) == CURLM_OK);
    const ExchangeEnd end = exchange->End(code, clock_.SteadyNow());
    PutBack(exchange);
    sink_.OnExchangeEnd(end);
    ++count;
  }
  return count;
}

size_t CurlTransportLoop::ReportRejected() {
  const std::vector<Rejected> rejected = std::exchange(rejected_, {});
  for (const Rejected& request : rejected) {
    ExchangeEnd end;
    end.token = request.token;
    end.done = clock_.SteadyNow();
    end.error = request.why;
    sink_.OnExchangeEnd(end);
  }
  return rejected.size();
}

void CurlTransportLoop::Abandon() {
  rejected_.clear();
  const std::unordered_set<CurlExchange*> idle(idle_.begin(), idle_.end());
  std::vector<CurlExchange*> running;
  for (const auto& exchange : exchanges_) {
    if (idle.count(exchange.get()) == 0) running.push_back(exchange.get());
  }
  for (CurlExchange* exchange : running) {
    CHECK(curl_multi_remove_handle(multi_, exchange->easy()) == CURLM_OK);
    PutBack(exchange);
  }
}

std::string CurlTransportLoop::Describe() const {
  return fmt::format("curl {}", curl_version_info(CURLVERSION_NOW)->version);
}

int CurlTransportLoop::OnSocketWish(CURL*, curl_socket_t fd, int wish, void* self, void*) {
  uint32_t events = 0;
  if (wish == CURL_POLL_IN || wish == CURL_POLL_INOUT) events |= EPOLLIN;
  if (wish == CURL_POLL_OUT || wish == CURL_POLL_INOUT) events |= EPOLLOUT;
  static_cast<CurlTransportLoop*>(self)->Want(fd, events);
  return 0;
}

void CurlTransportLoop::Want(curl_socket_t fd, uint32_t events) {
  Socket& socket = sockets_[fd];
  socket.transport = this;
  socket.fd = fd;
  socket.wanted = events;
  if (events == 0 && !socket.connection) {
    OnClosing(fd);
    return;
  }
  if (events == 0 || events == socket.watched) return;
  // Where the kernel has no room for one more, the exchange runs into its time limit.
  socket.watched = loop_->Watch(fd, events, &socket).ok() ? events : 0;
}

void CurlTransportLoop::OnSocketEvents(Socket& socket, uint32_t events) {
  if (socket.wanted == 0) {
    loop_->Unwatch(socket.fd);
    socket.watched = 0;
    return;
  }
  int mask = 0;
  if ((events & EPOLLIN) != 0) mask |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) mask |= CURL_CSELECT_OUT;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) mask |= CURL_CSELECT_ERR;
  int running = 0;
  curl_multi_socket_action(multi_, socket.fd, mask, &running);
}

int CurlTransportLoop::OnTimerWish(CURLM*, long timeout_millis, void* self) {
  auto* transport = static_cast<CurlTransportLoop*>(self);
  if (timeout_millis < 0) {
    transport->timer_due_ = SteadyTime::max();
  } else if (timeout_millis == 0) {
    transport->timer_due_ = SteadyTime();
  } else {
    transport->timer_due_ =
        transport->clock_.SteadyNow() + std::chrono::milliseconds(timeout_millis);
  }
  return 0;
}

void CurlTransportLoop::OnOpened(curl_socket_t fd) { sockets_[fd].connection = true; }

void CurlTransportLoop::OnClosing(curl_socket_t fd) {
  loop_->Unwatch(fd);
  sockets_.erase(fd);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CurlTransport>> CurlTransport::Create(CurlTransportOptions options,
                                                                     const Clock& clock,
                                                                     ExchangeSink& sink) {
  if (!options.ca_file.empty() && access(options.ca_file.c_str(), R_OK) != 0) {
    return ErrnoError(errno, fmt::format("cannot read CA certificates in {}", options.ca_file));
  }
  InitializeOnce();
  ASSIGN_OR_RETURN(std::unique_ptr<EventLoop> loop, EventLoop::Create());
  return std::unique_ptr<CurlTransport>(
      new CurlTransportLoop(std::move(options), clock, sink, std::move(loop)));
}

}  // namespace shadowreel
