// Sends prepared requests to a port of the loopback, each COUNT times in turn, and waits for every
// answer: an HTTP/1.1 client with a core of its own that does little else, so that the server is
// what is measured. Exact in count; a rate makes it open loop with seeded Poisson arrivals, and
// latency then counts from the intended time, waiting for a free connection included.
//
//   paced_client PORT REQUESTS COUNT RATE CONNECTIONS SAMPLES
//
// RATE 0 is closed loop, as fast as answered. REQUESTS: see prepared_requests.h. SAMPLES gets two
// int64 an answer, in order of completion: intended time from the start and latency, nanoseconds;
// "-": none. Prints {"done": N, "failed": N, "seconds": S}; failed are answers other than 2xx and
// connections lost. Gives up after 30 s without an answer.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/peers/prepared_requests.h"

namespace shadowreel {
namespace {

constexpr int64_t kPatience = 30'000'000'000;

int64_t Now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(6);
}

// The length of the answer that `bytes` begins with, 0 when it is not whole.
size_t AnswerLength(std::string_view bytes) {
  const size_t head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  constexpr std::string_view kLength = "\r\nContent-Length:";
  size_t body = 0;
  for (size_t at = 0; at < head; at = bytes.find("\r\n", at + 2)) {
    if (strncasecmp(bytes.data() + at, kLength.data(), kLength.size()) == 0) {
      body = std::strtoul(bytes.data() + at + kLength.size(), nullptr, 10);
    }
  }
  const size_t whole = head + 4 + body;
  return bytes.size() < whole ? 0 : whole;
}

struct Connection {
  int fd = -1;
  bool busy = false;
  int64_t intended = 0;
  std::string received;
};

class Client {
 public:
  Client(uint16_t port, std::vector<std::string> requests, uint64_t count, double rate,
         size_t connections)
      : port_(port), requests_(std::move(requests)), count_(count), rate_(rate), gap_(rate) {
    connections_.resize(connections);
    for (size_t i = 0; i < connections; ++i) Connect(i);
  }

  void Run();
  void WriteSamples(const char* path) const;
  uint64_t failed() const { return failed_; }

 private:
  void Connect(size_t index);
  void Plan(int64_t now);
  void SendWaiting();
  void Receive(size_t index);
  void End(size_t index, bool good);

  const uint16_t port_;
  const std::vector<std::string> requests_;
  const uint64_t count_;
  const double rate_;
  std::mt19937_64 random_{1};
  std::exponential_distribution<double> gap_;
  const int epoll_ = epoll_create1(0);
  std::vector<Connection> connections_;
  std::deque<size_t> free_;      // the longest idle first
  std::deque<int64_t> waiting_;  // intended times
  int64_t started_ = 0;
  double next_offset_ = 0;  // seconds
  uint64_t planned_ = 0;
  uint64_t sent_ = 0;
  uint64_t done_ = 0;
  uint64_t failed_ = 0;
  int64_t last_answer_ = 0;
  std::vector<int64_t> samples_;
};

void Client::Connect(size_t index) {
  Connection& connection = connections_[index];
  connection.fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    Fail("connect");
  }
  const int one = 1;
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = index;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) != 0) Fail("epoll_ctl");
  free_.push_back(index);
}

// Closed loop: what has a free connection is due now.
void Client::Plan(int64_t now) {
  if (rate_ == 0) {
    for (; waiting_.size() < free_.size() && planned_ < count_; ++planned_) waiting_.push_back(now);
    return;
  }
  while (planned_ < count_) {
    const int64_t due = started_ + static_cast<int64_t>(next_offset_ * 1e9);
    if (due > now) return;
    waiting_.push_back(due);
    ++planned_;
    next_offset_ += gap_(random_);
  }
}

void Client::SendWaiting() {
  while (!waiting_.empty() && !free_.empty()) {
    Connection& connection = connections_[free_.front()];
    const std::string& request = requests_[sent_++ % requests_.size()];
    connection.busy = true;
    connection.intended = waiting_.front();
    free_.pop_front();
    waiting_.pop_front();
    for (size_t at = 0; at < request.size();) {  // blocks; requests are small
      const ssize_t n = send(connection.fd, request.data() + at, request.size() - at, MSG_NOSIGNAL);
      if (n <= 0) break;  // seen as a lost connection when it is read
      at += static_cast<size_t>(n);
    }
  }
}

void Client::Receive(size_t index) {
  Connection& connection = connections_[index];
  char buffer[16384];
  const ssize_t n = recv(connection.fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (n <= 0) {
    close(connection.fd);
    connection.received.clear();
    if (connection.busy) {
      End(index, false);
      free_.pop_back();
    } else {
      std::erase(free_, index);
    }
    Connect(index);
    return;
  }
  connection.received.append(buffer, static_cast<size_t>(n));
  if (const size_t length = AnswerLength(connection.received); length != 0) {
    const bool good = connection.received.compare(9, 1, "2") == 0;
    connection.received.erase(0, length);
    End(index, good);
  }
}

void Client::End(size_t index, bool good) {
  Connection& connection = connections_[index];
  last_answer_ = Now();
  samples_.push_back(connection.intended - started_);
  samples_.push_back(last_answer_ - connection.intended);
  connection.busy = false;
  free_.push_back(index);
  ++done_;
  if (!good) ++failed_;
}

void Client::Run() {
  samples_.reserve(2 * count_);
  started_ = last_answer_ = Now();
  while (done_ < count_) {
    const int64_t now = Now();
    if (now - last_answer_ > kPatience) {
      std::fprintf(stderr, "paced_client: no answer for 30 s\n");
      std::exit(1);
    }
    Plan(now);
    SendWaiting();
    epoll_event events[256];
    // On a schedule it spins: the kernel would oversleep.
    const int ready = epoll_wait(epoll_, events, 256, rate_ == 0 ? 1000 : 0);
    for (int i = 0; i < ready; ++i) Receive(events[i].data.u64);
  }
  std::printf("{\"done\": %llu, \"failed\": %llu, \"seconds\": %.6f}\n",
              static_cast<unsigned long long>(done_), static_cast<unsigned long long>(failed_),
              static_cast<double>(last_answer_ - started_) / 1e9);
}

void Client::WriteSamples(const char* path) const {
  std::FILE* const file = std::fopen(path, "wb");
  if (file == nullptr) Fail(path);
  const size_t written = std::fwrite(samples_.data(), sizeof(int64_t), samples_.size(), file);
  if (std::fclose(file) != 0 || written != samples_.size()) Fail(path);
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) {
  using shadowreel::CountArgument;
  if (argc != 7) {
    std::fprintf(stderr, "usage: paced_client PORT REQUESTS COUNT RATE CONNECTIONS SAMPLES|-\n");
    return 2;
  }
  shadowreel::Client client(static_cast<uint16_t>(CountArgument(argv[1], 1)),
                            shadowreel::ReadPreparedRequests(argv[2]), CountArgument(argv[3], 1),
                            static_cast<double>(CountArgument(argv[4], 0)),
                            CountArgument(argv[5], 1));
  client.Run();
  if (std::strcmp(argv[6], "-") != 0) client.WriteSamples(argv[6]);
  return client.failed() == 0 ? 0 : 1;
}
