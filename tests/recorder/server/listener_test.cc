#include "recorder/server/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <utility>

#include "base/exit_code.h"
#include "base/status.h"
#include "net/http/authority.h"
#include "recorder/server/http1_session.h"
#include "tests/fakes/fake_clock.h"
#include "tests/recorder/server/record_notes.h"

namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kDurable = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr std::string_view kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kPostHead = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";

// A non-blocking client on IPv4 loopback.
class Client {
 public:
  explicit Client(const std::string& address, int receive_buffer = 0) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_GE(fd_, 0);
    if (receive_buffer > 0) {
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(std::stoi(std::string(*SplitHostPort(address).port)));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
    fcntl(fd_, F_SETFL, O_NONBLOCK);
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Returns how many bytes the socket took.
  size_t Send(std::string_view bytes) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : sent;
  }
  void EndSending() { shutdown(fd_, SHUT_WR); }
  void Reset() {
    const linger abort{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
    close(std::exchange(fd_, -1));
  }
  // Adds what has come to received(); true once the server has ended its side.
  bool Receive() {
    char bytes[4096];
    while (true) {
      const ssize_t count = recv(fd_, bytes, sizeof(bytes), 0);
      if (count <= 0) {
        reset_ = count < 0 && errno == ECONNRESET;
        return count == 0 || reset_;
      }
      received_.append(bytes, count);
    }
  }
  const std::string& received() const { return received_; }
  bool was_reset() const { return reset_; }

 private:
  int fd_;
  std::string received_;
  bool reset_ = false;
};

class ListenerTest : public ::testing::Test {
 protected:
  void Start(ListenerOptions options = {}) {
    if (options.addresses.empty()) options.addresses = {"127.0.0.1:0"};
    loop_ = EventLoop::Create().value();
    auto listener = Listener::Create(*loop_, clock_, options, Factory());
    ASSERT_TRUE(listener.ok()) << Message(listener.status());
    listener_ = std::move(listener).value();
  }

  SessionFactory Factory() {
    return [this](uint64_t connection, const std::string& peer, Instant now) {
      return std::make_unique<Http1Session>(session_options_, connection, peer, sink_, uploads_,
                                            now);
    };
  }

  std::string Address() const { return listener_->addresses().at(0); }
  Instant Now() const { return {clock_.WallNow(), clock_.SteadyNow()}; }

  // Turns the loop until `done`; false when that does not come.
  bool RunUntil(const std::function<bool()>& done) {
    for (int i = 0; i < 2000; ++i) {
      if (done()) return true;
      loop_->RunOnce(milliseconds(5));
      listener_->CheckDeadlines();
    }
    return false;
  }

  // The roller's word.
  void Durable(Ticket through) {
    Settled settled;
    settled.AddDurable(through);
    listener_->OnSettled(settled);
  }

  FakeClock clock_;
  RecordNotes sink_;
  UploadBudget uploads_{64 << 20};
  Http1SessionOptions session_options_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(ListenerTest, BoundPortIsNamed) {
  Start({.addresses = {"127.0.0.1:0", "localhost:0", ":0"}});
  ASSERT_EQ(listener_->addresses().size(), 3u);
  EXPECT_TRUE(Address().starts_with("127.0.0.1:"));
  EXPECT_NE(Address(), "127.0.0.1:0");
  EXPECT_TRUE(listener_->addresses()[2].starts_with("0.0.0.0:"));
}

TEST_F(ListenerTest, RequestsAreAnsweredOnEveryAddress) {
  Start({.addresses = {"127.0.0.1:0", "127.0.0.1:0"}});
  Client first(listener_->addresses()[0]);
  Client second(listener_->addresses()[1]);
  first.Send(kGet);
  second.Send(kGet);
  EXPECT_TRUE(RunUntil([&] {
    first.Receive();
    second.Receive();
    return first.received() == kAccepted && second.received() == kAccepted;
  }));
  EXPECT_EQ(listener_->open_connections(), 2u);
  EXPECT_EQ(listener_->connections_accepted(), 2u);
  ASSERT_EQ(sink_.records.size(), 2u);
  EXPECT_EQ(sink_.records[0].connection + sink_.records[1].connection, 3u);
  EXPECT_TRUE(sink_.records[0].peer.starts_with("127.0.0.1:"));
}

TEST_F(ListenerTest, PortInUseIsOneClearLine) {
  Start();
  const auto second = Listener::Create(*loop_, clock_, {.addresses = {Address()}}, Factory());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(Message(second.status()),
            fmt::format("cannot listen on {}: Address already in use", Address()));
  EXPECT_EQ(ExitCodeFor(second.status()), ExitCode::kUnusable);
}

TEST_F(ListenerTest, MalformedAddressesAreUsageErrors) {
  Start();
  for (const char* address : {"", "localhost", "localhost:", "localhost:65536", "localhost:http",
                              "localhost:-1", "[::1]"}) {
    const auto listener = Listener::Create(*loop_, clock_, {.addresses = {address}}, Factory());
    ASSERT_FALSE(listener.ok()) << address;
    EXPECT_EQ(ExitCodeFor(listener.status()), ExitCode::kUsage) << address;
    EXPECT_NE(Message(listener.status()).find("expected HOST:PORT"), std::string::npos);
  }
}

TEST_F(ListenerTest, PipelinedRequestsAreAnsweredAfterTheirSenderEnded) {
  Start();
  Client client(Address());
  client.Send(kGet + kGet + kGet);
  client.EndSending();
  EXPECT_TRUE(RunUntil([&] { return client.Receive(); }));
  EXPECT_EQ(client.received(), fmt::format("{0}{0}{0}", kAccepted));
  EXPECT_FALSE(client.was_reset());
  EXPECT_EQ(sink_.records.size(), 3u);
  EXPECT_EQ(listener_->open_connections(), 0u);
}

TEST_F(ListenerTest, EndAndResetInTheBodyGiveIncompleteRecords) {
  Start();
  for (const bool reset : {false, true}) {
    Client client(Address());
    client.Send(kPostHead + "he");
    ASSERT_TRUE(RunUntil([&] { return sink_.asked == (reset ? 2u : 1u); }));
    reset ? client.Reset() : client.EndSending();
    ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == (reset ? 2u : 1u); }));
    EXPECT_FALSE(sink_.records.back().complete);
    EXPECT_EQ(sink_.records.back().body, "he");
  }
  EXPECT_TRUE(RunUntil([&] { return listener_->open_connections() == 0; }));
}

TEST_F(ListenerTest, RefusedSenderSeesTheAnswerThoughItSendsOn) {
  Start();
  Client client(Address());
  client.Send("NONSENSE\r\n" + std::string(200'000, 'x'));
  EXPECT_TRUE(RunUntil([&] {
    client.Send("more");
    return client.Receive();
  }));
  EXPECT_TRUE(client.received().starts_with("HTTP/1.1 400 Bad Request\r\n")) << client.received();
  EXPECT_FALSE(client.was_reset());
  EXPECT_EQ(listener_->open_connections(), 1u);  // lingers
  clock_.Advance(seconds(1));
  EXPECT_TRUE(RunUntil([&] { return listener_->open_connections() == 0; }));
}

TEST_F(ListenerTest, ConnectionsOverTheBoundAreClosedAndCounted) {
  Start({.addresses = {"127.0.0.1:0"}, .max_connections = 1});
  Client first(Address());
  ASSERT_TRUE(RunUntil([&] { return listener_->open_connections() == 1; }));
  Client second(Address());
  EXPECT_TRUE(RunUntil([&] { return second.Receive(); }));
  EXPECT_EQ(listener_->connections_refused(), 1u);
  first.Send(kGet);
  EXPECT_TRUE(RunUntil([&] { return first.Receive() || first.received() == kAccepted; }));
  EXPECT_EQ(first.received(), kAccepted);
}

TEST_F(ListenerTest, DeadlinesEndSlowConnections) {
  Start();
  Client client(Address());
  client.Send("GET");
  ASSERT_TRUE(RunUntil([&] { return listener_->open_connections() == 1; }));
  ASSERT_TRUE(RunUntil([&, turns = 0]() mutable { return ++turns > 3; }));
  EXPECT_FALSE(client.Receive());
  clock_.Advance(seconds(5));
  EXPECT_TRUE(RunUntil([&] { return client.Receive(); }));
  EXPECT_TRUE(client.received().starts_with("HTTP/1.1 408 ")) << client.received();
  EXPECT_EQ(sink_.refusals, std::vector<Refusal>{Refusal::kHeadIncomplete});
}

TEST_F(ListenerTest, PeerThatDoesNotReadIsHeldBackAndThenClosed) {
  Start();
  Client client(Address(), /*receive_buffer=*/1024);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += kGet;
  // Until nothing moves any more: the answers fill the sockets, then the session, then it is no
  // longer read, and the requests fill the sockets, too.
  std::string_view rest = many;
  for (int idle = 0; idle < 20;) {
    const size_t sent = client.Send(rest);
    idle = sent == 0 ? idle + 1 : 0;
    rest.remove_prefix(sent);
    if (rest.empty()) rest = many;
    loop_->RunOnce(milliseconds(5));
  }
  EXPECT_EQ(listener_->open_connections(), 1u);
  clock_.Advance(seconds(10));
  listener_->CheckDeadlines();
  clock_.Advance(seconds(1));  // lingering ends, too
  EXPECT_TRUE(RunUntil([&] { return listener_->open_connections() == 0; }));
}

TEST_F(ListenerTest, BlockedAnswersAreSentOnceThePeerReads) {
  Start();
  Client client(Address(), /*receive_buffer=*/1024);
  constexpr size_t kRequests = 100'000;
  size_t unsent = kRequests * kGet.size();
  std::string many;
  for (int i = 0; i < 1000; ++i) many += kGet;
  size_t offset = 0;
  EXPECT_TRUE(RunUntil([&] {
    // Reads rarely, so that the server blocks in between.
    for (int i = 0; i < 50; ++i) {
      const size_t sent = client.Send(
          std::string_view(many).substr(offset, std::min(unsent, many.size() - offset)));
      unsent -= sent;
      offset = (offset + sent) % many.size();
      loop_->RunOnce(Nanos(0));
    }
    client.Receive();
    return client.received().size() == kRequests * kAccepted.size();
  }));
  EXPECT_EQ(sink_.records.size(), kRequests);
}

TEST_F(ListenerTest, EndAllEndsEverySessionAndReadsWhatHasCome) {
  Start();
  Client idle(Address());
  Client in_body(Address());
  in_body.Send(kPostHead + "he");
  ASSERT_TRUE(RunUntil([&] { return listener_->open_connections() == 2 && sink_.asked == 1; }));
  idle.Send(kGet);
  in_body.Send("l");
  listener_->StopAccepting();
  listener_->EndAll(Now());
  EXPECT_EQ(listener_->open_connections(), 0u);
  ASSERT_EQ(sink_.records.size(), 2u);
  const size_t post = sink_.records[0].method == "POST" ? 0 : 1;
  EXPECT_EQ(sink_.records[post].body, "hel");
  EXPECT_FALSE(sink_.records[post].complete);
  EXPECT_TRUE(sink_.records[1 - post].complete);
  EXPECT_TRUE(idle.Receive());
  EXPECT_EQ(idle.received(), kAccepted);
}

TEST_F(ListenerTest, AwaitedAnswersAreSentWhenTheyAreSettled) {
  sink_.durable = true;
  Start();
  Client first(Address());
  first.Send(kGet);
  ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == 1; }));
  Client second(Address());
  second.Send(kGet);
  ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == 2; }));
  Durable(1);
  EXPECT_TRUE(RunUntil([&] { return first.Receive() || first.received() == kDurable; }));
  Durable(2);
  EXPECT_TRUE(RunUntil([&] { return second.Receive() || !second.received().empty(); }));
  EXPECT_EQ(first.received(), kDurable);
  EXPECT_EQ(second.received(), kDurable);
}

TEST_F(ListenerTest, AnAwaitedAnswerIsSentAtItsDeadline) {
  sink_.durable = true;
  Start();
  Client client(Address());
  client.Send(kGet);
  ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == 1; }));
  clock_.Advance(session_options_.ack_deadline);
  EXPECT_TRUE(RunUntil([&] { return client.Receive() || !client.received().empty(); }));
  EXPECT_EQ(client.received(), kAccepted);
}

TEST_F(ListenerTest, WhoeverPipelinesWithoutEndIsReadNoFurtherUntilAnswersAreSettled) {
  sink_.durable = true;
  Start({.addresses = {}, .connection = {.max_awaited = 2}});
  Client client(Address());
  for (size_t i = 1; i <= 3; ++i) {  // reading goes on while answers are awaited
    client.Send(kGet);
    ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == i; }));
  }
  client.Send(kGet);
  Client other(Address());
  for (size_t i = 4; i <= 6; ++i) {  // these come later, and overtake it
    other.Send(kGet);
    ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == i; }));
    EXPECT_EQ(sink_.records.back().connection, 2u);
  }
  Durable(1);
  EXPECT_TRUE(RunUntil([&] { return sink_.records.size() == 7; }));
  EXPECT_EQ(sink_.records.back().connection, 1u);
  Durable(7);
  EXPECT_TRUE(RunUntil(
      [&] { return client.Receive() || client.received().size() == 4 * kDurable.size(); }));
}

TEST_F(ListenerTest, WhoeverHasEndedSendingGetsItsAwaitedAnswer) {
  sink_.durable = true;
  Start();
  Client client(Address());
  client.Send(kGet);
  client.EndSending();
  ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == 1; }));
  ASSERT_TRUE(RunUntil([&, turns = 0]() mutable { return ++turns > 3; }));
  EXPECT_FALSE(client.Receive());
  Durable(1);
  EXPECT_TRUE(RunUntil([&] { return client.Receive(); }));
  EXPECT_EQ(client.received(), kDurable);
  EXPECT_EQ(listener_->open_connections(), 0u);
}

TEST_F(ListenerTest, WhoeverIsResetWhileAwaitingIsForgotten) {
  sink_.durable = true;
  Start();
  Client client(Address());
  client.Send(kGet);
  ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == 1; }));
  client.Reset();
  ASSERT_TRUE(RunUntil([&] { return listener_->open_connections() == 0; }));
  Durable(1);
  EXPECT_TRUE(sink_.outcomes.empty());
  EXPECT_TRUE(sink_.records[0].complete);
}

TEST_F(ListenerTest, WhoeverHasEndedAndOnlyAwaitsMakesRoomForOthers) {
  sink_.durable = true;
  Start({.addresses = {}, .max_connections = 2});
  Client here(Address());
  Client gone(Address());
  here.Send(kGet);
  gone.Send(kGet);
  gone.EndSending();
  ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == 2; }));
  ASSERT_TRUE(RunUntil([&, turns = 0]() mutable { return ++turns > 3; }));
  Client next(Address());
  next.Send(kGet);
  ASSERT_TRUE(RunUntil([&] { return sink_.records.size() == 3; }));
  Client refused(Address());
  EXPECT_TRUE(RunUntil([&] { return refused.Receive(); }));
  EXPECT_EQ(listener_->connections_refused(), 1u);
  Durable(3);
  EXPECT_TRUE(RunUntil([&] { return here.Receive() || here.received() == kDurable; }));
  EXPECT_TRUE(RunUntil([&] { return next.Receive() || next.received() == kDurable; }));
}

TEST_F(ListenerTest, EndAllLeavesThoseThatAwaitAnswers) {
  sink_.durable = true;
  Start();
  Client waiting(Address());
  Client idle(Address());
  waiting.Send(kGet);
  ASSERT_TRUE(
      RunUntil([&] { return listener_->open_connections() == 2 && sink_.records.size() == 1; }));
  listener_->StopAccepting();
  listener_->EndAll(Now());
  EXPECT_EQ(listener_->open_connections(), 1u);
  EXPECT_TRUE(RunUntil([&] { return idle.Receive(); }));
  Durable(1);
  EXPECT_TRUE(RunUntil([&] { return waiting.Receive(); }));
  EXPECT_EQ(waiting.received(), kDurable);
  listener_->CloseAll();
  EXPECT_EQ(listener_->open_connections(), 0u);
}

TEST_F(ListenerTest, AfterStopAcceptingThePortIsFree) {
  Start();
  const std::string address = Address();
  Client client(address);
  ASSERT_TRUE(RunUntil([&] { return listener_->open_connections() == 1; }));
  listener_->StopAccepting();
  EXPECT_TRUE(Listener::Create(*loop_, clock_, {.addresses = {address}}, Factory()).ok());
  client.Send(kGet);
  EXPECT_TRUE(RunUntil([&] { return client.Receive() || client.received() == kAccepted; }));
  EXPECT_EQ(client.received(), kAccepted);
}

TEST_F(ListenerTest, LackOfDescriptorsPausesAcceptingAndIsCounted) {
  Start();
  Client client(Address());
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const int next = dup(0);
  close(next);
  rlimit none_left = limit;
  none_left.rlim_cur = next;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none_left), 0);
  EXPECT_TRUE(RunUntil([&] { return listener_->accept_failures() == 1; }));
  EXPECT_EQ(loop_->RunOnce(milliseconds(5)), 0);  // does not spin
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  clock_.Advance(milliseconds(100));
  EXPECT_TRUE(RunUntil([&] { return listener_->open_connections() == 1; }));
  EXPECT_EQ(listener_->accept_failures(), 1u);
}

}  // namespace
}  // namespace shadowreel
