#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace shadowreel {

// A small HTTP/1 server on 127.0.0.1 that keeps the bytes of every request as they came and
// answers what a script says. Framing is taken from Content-Length and chunked, nothing is
// refused. Thread-safe; the script runs on the server's own thread.
class LoopbackServer {
 public:
  enum class Then {
    kKeep,   // the connection
    kClose,  // after the answer
    kReset,  // after the answer, with RST
  };
  struct Answer {
    std::string bytes;  // empty: none
    Then then = Then::kKeep;
  };
  // `number` counts whole requests from 0, over all connections.
  using Script = std::function<Answer(size_t number, const std::string& request)>;

  // "HTTP/1.1 204 No Content" to everything.
  LoopbackServer();
  explicit LoopbackServer(Script script);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  uint16_t port() const { return port_; }
  // "http://127.0.0.1:PORT"
  std::string url() const;

  // Whole requests so far, raw, in the order in which they were complete.
  std::vector<std::string> requests() const;
  // Connections accepted so far.
  size_t connections() const;

 private:
  void Serve();
  void Accept();
  bool ReadFrom(int fd);
  bool AnswerTo(int fd, const std::string& request);

  const Script script_;
  int listen_fd_ = -1;
  int stop_fd_ = -1;
  uint16_t port_ = 0;
  std::map<int, std::string> unread_;  // by connection; the server's thread

  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  size_t connections_ = 0;

  std::thread thread_;
};

}  // namespace shadowreel
