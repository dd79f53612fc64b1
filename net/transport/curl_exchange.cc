#include "net/transport/curl_exchange.h"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "base/check.h"

namespace shadowreel {
namespace {

template <typename Value>
void Set(CURL* easy, CURLoption option, Value value) {
  CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

}  // namespace

CurlExchange::CurlExchange(const CurlTransportOptions& options, const Clock& clock,
                           CurlSocketOwner& sockets)
    : options_(options), clock_(clock), sockets_(sockets), easy_(curl_easy_init()) {
  CHECK(easy_ != nullptr);
  request_.InstallOn(easy_);
  SetUnchanging();
  SetCallbacks();
}

CurlExchange::~CurlExchange() { curl_easy_cleanup(easy_); }

void CurlExchange::SetUnchanging() {
  Set(easy_, CURLOPT_PRIVATE, this);
  Set(easy_, CURLOPT_URL, options_.target.Url().c_str());
  Set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  Set(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  Set(easy_, CURLOPT_PROXY, "");  // without it, the environment's
  Set(easy_, CURLOPT_NOPROXY, "*");
  Set(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  Set(easy_, CURLOPT_NOSIGNAL, 1L);
  Set(easy_, CURLOPT_NOPROGRESS, 1L);
  Set(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  Set(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) Set(easy_, CURLOPT_CAINFO, options_.ca_file.c_str());
  Set(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  Set(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.request_timeout.count()));
}

void CurlExchange::SetCallbacks() {
  Set(easy_, CURLOPT_OPENSOCKETFUNCTION, &CurlExchange::OpenSocket);
  Set(easy_, CURLOPT_OPENSOCKETDATA, this);
  Set(easy_, CURLOPT_CLOSESOCKETFUNCTION, &CurlExchange::CloseSocket);
  Set(easy_, CURLOPT_CLOSESOCKETDATA, &sockets_);
  Set(easy_, CURLOPT_PREREQFUNCTION, &CurlExchange::BeforeRequest);
  Set(easy_, CURLOPT_PREREQDATA, this);
  Set(easy_, CURLOPT_HEADERFUNCTION, &CurlExchange::SeeHeaderLine);
  Set(easy_, CURLOPT_HEADERDATA, this);
  Set(easy_, CURLOPT_WRITEFUNCTION, &CurlExchange::CountBody);
  Set(easy_, CURLOPT_WRITEDATA, this);
}

std::string CurlExchange::Begin(uint64_t token, OutboundRequest&& request, const CurlRoute& route) {
  token_ = token;
  if (route_ != &route) Set(easy_, CURLOPT_CONNECT_TO, route.connect_to);
  route_ = &route;
  was_sent_ = false;
  guard_refused_ = false;
  stopped_ = false;
  response_bytes_ = 0;
  if (std::exchange(reuse_forbidden_, false)) Set(easy_, CURLOPT_FORBID_REUSE, 0L);
  std::string why = request_.Take(std::move(request));
  if (why.empty()) request_.ApplyTo(easy_);
  return why;
}

ExchangeResult CurlExchange::ResultOf(CURLcode code) const {
  if (code == CURLE_OK) return ExchangeResult::kCompleted;
  // Also when a second attempt, on a new connection, was refused: safety goes first.
  if (guard_refused_ && code == CURLE_COULDNT_CONNECT) return ExchangeResult::kRefused;
  if (!was_sent_) return ExchangeResult::kUnsent;
  return code == CURLE_OPERATION_TIMEDOUT ? ExchangeResult::kTimedOut : ExchangeResult::kFailed;
}

ExchangeEnd CurlExchange::End(CURLcode code, SteadyTime now) {
  ExchangeEnd end;
  end.token = token_;
  end.result = ResultOf(code);
  end.sent = sent_;
  end.done = now;
  end.response_bytes = response_bytes_;
  long status = 0;
  if (was_sent_) curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  end.status = static_cast<uint16_t>(status);
  if (end.result == ExchangeResult::kRefused) {
    end.error = "refused by the address guard";
  } else if (stopped_ && end.result == ExchangeResult::kUnsent) {
    end.error = kStoppedWhileConnecting;
  } else if (code != CURLE_OK) {
    end.error = curl_easy_strerror(code);
  }
  return end;
}

CurlExchange* CurlExchange::Of(CURL* easy) {
  CurlExchange* exchange = nullptr;
  CHECK(curl_easy_getinfo(easy, CURLINFO_PRIVATE, &exchange) == CURLE_OK);
  return exchange;
}

curl_socket_t CurlExchange::OpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
  auto* exchange = static_cast<CurlExchange*>(self);
  if (!exchange->options_.guard.Allows(address->addr, exchange->route_->host)) {
    exchange->guard_refused_ = true;
    return CURL_SOCKET_BAD;
  }
  const curl_socket_t fd =
      socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd != CURL_SOCKET_BAD) exchange->sockets_.OnOpened(fd);
  return fd;
}

int CurlExchange::CloseSocket(void* owner, curl_socket_t fd) {
  static_cast<CurlSocketOwner*>(owner)->OnClosing(fd);
  return close(fd);
}

// Connected, and about to send.
int CurlExchange::BeforeRequest(void* self, char*, char*, int, int) {
  auto* exchange = static_cast<CurlExchange*>(self);
  const std::atomic<bool>* const stop = exchange->options_.stop_sending;
  if (stop != nullptr && stop->load(std::memory_order_relaxed)) {
    exchange->stopped_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  if (!exchange->was_sent_) exchange->sent_ = exchange->clock_.SteadyNow();
  exchange->was_sent_ = true;
  return CURL_PREREQFUNC_OK;
}

// After an answer in HTTP/1.0, libcurl would send every further request on that connection in
// HTTP/1.0, whatever it is told. So the connection is not kept.
size_t CurlExchange::SeeHeaderLine(char* line, size_t size, size_t count, void* self) {
  auto* exchange = static_cast<CurlExchange*>(self);
  if (std::string_view(line, size * count).starts_with("HTTP/1.0 ")) {
    exchange->reuse_forbidden_ = true;
    Set(exchange->easy_, CURLOPT_FORBID_REUSE, 1L);
  }
  return size * count;
}

size_t CurlExchange::CountBody(char*, size_t size, size_t count, void* self) {
  static_cast<CurlExchange*>(self)->response_bytes_ += size * count;
  return size * count;
}

}  // namespace shadowreel
