#include "tests/loopback/loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "base/check.h"

namespace shadowreel {
namespace {

constexpr std::string_view kBlankLine = "\r\n\r\n";

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Length of a chunked body at the front of `bytes`, trailers included; npos while incomplete.
size_t ChunkedLength(std::string_view bytes) {
  size_t at = 0;
  for (;;) {
    const size_t line_end = bytes.find("\r\n", at);
    if (line_end == std::string_view::npos) return std::string_view::npos;
    size_t size = 0;
    std::from_chars(bytes.data() + at, bytes.data() + line_end, size, 16);
    if (size == 0) {
      const size_t end = bytes.find(kBlankLine, line_end);
      return end == std::string_view::npos ? end : end + kBlankLine.size();
    }
    at = line_end + 2 + size + 2;
    if (at > bytes.size()) return std::string_view::npos;
  }
}

// Length of the first request in `bytes`; npos while incomplete.
size_t RequestLength(std::string_view bytes) {
  const size_t blank = bytes.find(kBlankLine);
  if (blank == std::string_view::npos) return blank;
  const size_t head = blank + kBlankLine.size();
  const std::string lower = LowerCase(std::string(bytes.substr(0, head)));
  if (lower.find("\r\ntransfer-encoding: chunked\r\n") != std::string::npos) {
    const size_t body = ChunkedLength(bytes.substr(head));
    return body == std::string_view::npos ? body : head + body;
  }
  constexpr std::string_view kLength = "\r\ncontent-length: ";
  const size_t at = lower.find(kLength);
  size_t body = 0;
  if (at != std::string::npos) {
    std::from_chars(lower.data() + at + kLength.size(), lower.data() + lower.size(), body);
  }
  return bytes.size() < head + body ? std::string_view::npos : head + body;
}

}  // namespace

LoopbackServer::LoopbackServer()
    : LoopbackServer([](size_t, const std::string&) {
        return Answer{"HTTP/1.1 204 No Content\r\n\r\n", Then::kKeep};
      }) {}

LoopbackServer::LoopbackServer(Script script) : script_(std::move(script)) {
  listen_fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  stop_fd_ = eventfd(0, EFD_CLOEXEC);
  CHECK(listen_fd_ >= 0 && stop_fd_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  CHECK(bind(listen_fd_, generic, length) == 0 && listen(listen_fd_, 128) == 0);
  CHECK(getsockname(listen_fd_, generic, &length) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

LoopbackServer::~LoopbackServer() {
  const uint64_t one = 1;
  CHECK(write(stop_fd_, &one, sizeof(one)) == sizeof(one));
  thread_.join();
  for (const auto& [fd, unread] : unread_) close(fd);
  close(listen_fd_);
  close(stop_fd_);
}

std::string LoopbackServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<std::string> LoopbackServer::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

size_t LoopbackServer::connections() const {
  std::lock_guard lock(mutex_);
  return connections_;
}

void LoopbackServer::Serve() {
  for (;;) {
    std::vector<pollfd> watched = {{stop_fd_, POLLIN, 0}, {listen_fd_, POLLIN, 0}};
    for (const auto& [fd, unread] : unread_) watched.push_back({fd, POLLIN, 0});
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) return;
    if (watched[1].revents != 0) Accept();
    for (size_t i = 2; i < watched.size(); ++i) {
      if (watched[i].revents == 0 || ReadFrom(watched[i].fd)) continue;
      close(watched[i].fd);
      unread_.erase(watched[i].fd);
    }
  }
}

void LoopbackServer::Accept() {
  const int fd = accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  unread_[fd];
  std::lock_guard lock(mutex_);
  ++connections_;
}

// Returns whether the connection stays.
bool LoopbackServer::ReadFrom(int fd) {
  char bytes[65536];
  const ssize_t count = recv(fd, bytes, sizeof(bytes), 0);
  if (count <= 0) return false;
  std::string& unread = unread_[fd];
  unread.append(bytes, static_cast<size_t>(count));
  for (;;) {
    const size_t length = RequestLength(unread);
    if (length == std::string_view::npos) return true;
    const std::string request = unread.substr(0, length);
    unread.erase(0, length);
    if (!AnswerTo(fd, request)) return false;
  }
}

bool LoopbackServer::AnswerTo(int fd, const std::string& request) {
  size_t number = 0;
  {
    std::lock_guard lock(mutex_);
    number = requests_.size();
    requests_.push_back(request);
  }
  const Answer answer = script_(number, request);
  const ssize_t sent = send(fd, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(answer.bytes.size())) return false;
  if (answer.then == Then::kReset) {
    const linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  return answer.then == Then::kKeep;
}

}  // namespace shadowreel
