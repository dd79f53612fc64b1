// The peer of the curl transport: what a libcurl multi loop can do when nothing else is asked of
// it. Requests are prepared before the clock counts, one easy handle a connection is reused, the
// constant options are set once, a socket stays in epoll between two requests, nothing is measured
// a request but its status.
//
//   bare_multi PORT REQUESTS COUNT CONNECTIONS
//
// REQUESTS: see prepared_requests.h. Prints {"done": N, "failed": N}; exits with 1 when one failed.
#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/peers/prepared_requests.h"

namespace shadowreel {
namespace {

// What libcurl is told of one request; it copies none of it.
struct Prepared {
  std::string method;
  std::string target;
  curl_slist* headers = nullptr;
  std::string body;
};

std::string TakeUntil(std::string_view* text, std::string_view end) {
  const size_t at = text->find(end);
  if (at == std::string_view::npos) {
    std::fprintf(stderr, "bare_multi: a prepared request is not HTTP/1.1\n");
    std::exit(2);
  }
  std::string taken(text->substr(0, at));
  text->remove_prefix(at + end.size());
  return taken;
}

// A field without a value is written "Name;" for libcurl.
Prepared Parse(std::string_view text) {
  Prepared request;
  request.method = TakeUntil(&text, " ");
  request.target = TakeUntil(&text, " ");
  TakeUntil(&text, "\r\n");
  for (;;) {
    std::string line = TakeUntil(&text, "\r\n");
    if (line.empty()) break;
    if (line.ends_with(": ")) line.replace(line.size() - 2, 2, ";");
    request.headers = curl_slist_append(request.headers, line.c_str());
  }
  request.body = text;
  return request;
}

size_t Discard(char*, size_t size, size_t count, void*) { return size * count; }

class Loop {
 public:
  Loop(const std::string& url, std::vector<Prepared> requests, uint64_t count, size_t connections);
  void Run();
  uint64_t done() const { return done_; }
  uint64_t failed() const { return failed_; }

 private:
  static int OnSocketWish(CURL*, curl_socket_t fd, int wish, void* self, void*);
  static int OnTimerWish(CURLM*, long timeout_millis, void* self);
  static int OnClose(void* self, curl_socket_t fd);

  void SetUnchanging(CURL* easy, const std::string& url);
  void Begin(CURL* easy);
  void ReportEnds();
  void StartAndReport();
  void OnEvent(const epoll_event& event);

  const std::vector<Prepared> requests_;
  const uint64_t count_;
  const int epoll_ = epoll_create1(0);
  CURLM* const multi_ = curl_multi_init();
  std::vector<uint32_t> watched_ = std::vector<uint32_t>(65536);  // by descriptor
  std::vector<uint32_t> wanted_ = std::vector<uint32_t>(65536);
  int timeout_millis_ = -1;
  uint64_t begun_ = 0;
  uint64_t done_ = 0;
  uint64_t failed_ = 0;
};

Loop::Loop(const std::string& url, std::vector<Prepared> requests, uint64_t count,
           size_t connections)
    : requests_(std::move(requests)), count_(count) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Loop::OnSocketWish);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Loop::OnTimerWish);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
  for (size_t i = 0; i < connections; ++i) {
    CURL* const easy = curl_easy_init();
    SetUnchanging(easy, url);
    Begin(easy);
  }
}

void Loop::SetUnchanging(CURL* easy, const std::string& url) {
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Discard);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Loop::OnClose);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
}

void Loop::Begin(CURL* easy) {
  if (begun_ == count_) return;
  const Prepared& request = requests_[begun_++ % requests_.size()];
  curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, request.target.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request.headers);
  if (request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  } else {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_multi_add_handle(multi_, easy);
}

int Loop::OnSocketWish(CURL*, curl_socket_t fd, int wish, void* self, void*) {
  auto* loop = static_cast<Loop*>(self);
  uint32_t events = 0;
  if (wish == CURL_POLL_IN || wish == CURL_POLL_INOUT) events |= EPOLLIN;
  if (wish == CURL_POLL_OUT || wish == CURL_POLL_INOUT) events |= EPOLLOUT;
  loop->wanted_[fd] = events;
  uint32_t& watched = loop->watched_[fd];
  if (events == 0 || events == watched) return 0;
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  epoll_ctl(loop->epoll_, watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
  watched = events;
  return 0;
}

int Loop::OnTimerWish(CURLM*, long timeout_millis, void* self) {
  static_cast<Loop*>(self)->timeout_millis_ = static_cast<int>(timeout_millis);
  return 0;
}

int Loop::OnClose(void* self, curl_socket_t fd) {
  static_cast<Loop*>(self)->watched_[fd] = 0;  // the kernel forgets a closed socket by itself
  return close(fd);
}

void Loop::ReportEnds() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    CURL* const easy = message->easy_handle;
    const CURLcode code = message->data.result;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(multi_, easy);
    ++done_;
    if (code != CURLE_OK || status / 100 != 2) ++failed_;
    Begin(easy);
  }
}

// New transfers start in libcurl's timer: it runs until it has nothing more to start.
void Loop::StartAndReport() {
  ReportEnds();
  while (timeout_millis_ == 0) {
    timeout_millis_ = -1;
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    ReportEnds();
  }
}

void Loop::OnEvent(const epoll_event& event) {
  const int fd = event.data.fd;
  if (wanted_[fd] == 0) {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    watched_[fd] = 0;
    return;
  }
  int mask = 0;
  if ((event.events & EPOLLIN) != 0) mask |= CURL_CSELECT_IN;
  if ((event.events & EPOLLOUT) != 0) mask |= CURL_CSELECT_OUT;
  if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) mask |= CURL_CSELECT_ERR;
  int running = 0;
  curl_multi_socket_action(multi_, fd, mask, &running);
}

void Loop::Run() {
  epoll_event events[256];
  for (;;) {
    StartAndReport();
    if (done_ == count_) return;
    const int ready = epoll_wait(epoll_, events, 256, timeout_millis_);
    if (ready == 0) timeout_millis_ = 0;
    for (int i = 0; i < ready; ++i) OnEvent(events[i]);
  }
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) {
  using shadowreel::CountArgument;
  if (argc != 5) {
    std::fprintf(stderr, "usage: bare_multi PORT REQUESTS COUNT CONNECTIONS\n");
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::vector<shadowreel::Prepared> prepared;
  for (const std::string& text : shadowreel::ReadPreparedRequests(argv[2])) {
    prepared.push_back(shadowreel::Parse(text));
  }
  shadowreel::Loop loop("http://127.0.0.1:" + std::to_string(CountArgument(argv[1], 1)) + "/",
                        std::move(prepared), CountArgument(argv[3], 1), CountArgument(argv[4], 1));
  loop.Run();
  std::printf("{\"done\": %llu, \"failed\": %llu}\n", static_cast<unsigned long long>(loop.done()),
              static_cast<unsigned long long>(loop.failed()));
  return loop.failed() == 0 ? 0 : 1;
}
