#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/transport/curl_request.h"
#include "net/transport/curl_routes.h"
#include "net/transport/curl_transport_options.h"
#include "net/transport/transport.h"

namespace shadowreel {

// Hears of the sockets of connections.
class CurlSocketOwner {
 public:
  virtual ~CurlSocketOwner() = default;
  virtual void OnOpened(curl_socket_t fd) = 0;
  virtual void OnClosing(curl_socket_t fd) = 0;
};

// One request and its answer on one easy handle; used again for the next when it has ended.
// Owner: the transport's thread.
class CurlExchange {
 public:
  // All arguments outlive it. `sockets` must outlive the connections, too, which stay open when the
  // exchange is gone.
  CurlExchange(const CurlTransportOptions& options, const Clock& clock, CurlSocketOwner& sockets);
  ~CurlExchange();
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  // Makes the handle ready to be added to a multi handle. `route` is where it connects; it outlives
  // the exchange's use of it. Returns why the request cannot be sent, or nothing.
  std::string Begin(uint64_t token, OutboundRequest&& request, const CurlRoute& route);

  // What libcurl's `code` at the end means. Its `error` lives for ever.
  ExchangeEnd End(CURLcode code, SteadyTime now);

  // Whether this exchange was its last, and the next needs another.
  bool spent() const { return request_.has_trailers(); }

  CURL* easy() const { return easy_; }

  // The exchange that `easy` belongs to.
  static CurlExchange* Of(CURL* easy);

 private:
  void SetUnchanging();
  void SetCallbacks();
  ExchangeResult ResultOf(CURLcode code) const;

  static curl_socket_t OpenSocket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int CloseSocket(void* owner, curl_socket_t fd);
  static int BeforeRequest(void* self, char*, char*, int, int);
  static size_t SeeHeaderLine(char* line, size_t size, size_t count, void* self);
  static size_t CountBody(char*, size_t size, size_t count, void* self);

  const CurlTransportOptions& options_;
  const Clock& clock_;
  CurlSocketOwner& sockets_;
  CURL* const easy_;
  CurlRequest request_;

  const CurlRoute* route_ = nullptr;
  uint64_t token_ = 0;
  bool was_sent_ = false;
  bool guard_refused_ = false;
  bool stopped_ = false;
  bool reuse_forbidden_ = false;
  SteadyTime sent_;
  uint64_t response_bytes_ = 0;
};

}  // namespace shadowreel
