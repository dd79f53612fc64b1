#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>

#include "tests/net/transport/curl_transport_fixture.h"

namespace shadowreel {
namespace {

using Answer = LoopbackServer::Answer;
using Then = LoopbackServer::Then;

OutboundRequest Get(std::string target = "/") {
  return MakeRequest("GET", std::move(target), {{"Host", "v2"}});
}

LoopbackServer::Script Always(std::string bytes, Then then = Then::kKeep) {
  return [answer = Answer{std::move(bytes), then}](size_t, const std::string&) { return answer; };
}

// A loopback port that nobody listens on.
std::string ClosedUrl() { return LoopbackServer().url(); }

TEST_F(CurlTransportTest, ReportsStatusBytesAndTimesInOrder) {
  LoopbackServer server(Always("HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nsorry"));
  auto transport = Open(server.url());
  const SteadyTime before = clock_.SteadyNow();
  const KeptEnd kept = Exchange(*transport, Get());
  EXPECT_EQ(kept.end.result, ExchangeResult::kCompleted);
  EXPECT_EQ(kept.end.status, 503);
  EXPECT_EQ(kept.end.response_bytes, 5U);
  EXPECT_EQ(kept.error, "");
  EXPECT_LE(before, kept.end.sent);
  EXPECT_LE(kept.end.sent, kept.end.done);
}

TEST_F(CurlTransportTest, ReusesAConnection) {
  LoopbackServer server;
  auto transport = Open(server.url());
  for (int i = 0; i < 20; ++i) Exchange(*transport, Get());
  EXPECT_EQ(server.requests().size(), 20U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(CurlTransportTest, EveryTokenComesBackOnce) {
  LoopbackServer server(Always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  CurlTransportOptions options;
  options.max_connections = 8;
  auto transport = Open(server.url(), options);
  uint64_t token = 0;
  while (token < 400) {
    while (transport->in_flight() < 8) transport->Submit(token++, Get());
    transport->Poll(clock_.SteadyNow() + std::chrono::seconds(1));
  }
  Finish(*transport);
  std::vector<int> seen(token, 0);
  for (const KeptEnd& kept : sink_.ends) {
    ++seen[kept.end.token];
    EXPECT_EQ(kept.end.result, ExchangeResult::kCompleted) << kept.error;
  }
  EXPECT_EQ(seen, std::vector<int>(token, 1));
  EXPECT_LE(server.connections(), 8U);
}

TEST_F(CurlTransportTest, HeadHasNoBodyWhateverItsLengthSays) {
  LoopbackServer server(Always("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));
  auto transport = Open(server.url());
  for (int i = 0; i < 2; ++i) {
    const KeptEnd kept = Exchange(*transport, MakeRequest("HEAD", "/", {{"Host", "v2"}}));
    EXPECT_EQ(kept.end.result, ExchangeResult::kCompleted) << kept.error;
    EXPECT_EQ(kept.end.response_bytes, 0U);
  }
  EXPECT_EQ(server.requests().back(), "HEAD / HTTP/1.1\r\nHost: v2\r\n\r\n");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(CurlTransportTest, FollowsNoRedirect) {
  LoopbackServer elsewhere;
  LoopbackServer server(Always("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url() +
                               "/\r\nContent-Length: 0\r\n\r\n"));
  auto transport = Open(server.url());
  EXPECT_EQ(Exchange(*transport, Get()).end.status, 302);
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(elsewhere.connections(), 0U);
}

TEST_F(CurlTransportTest, SendsNoCookieThatTheTargetSet) {
  LoopbackServer server(Always("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n"));
  auto transport = Open(server.url());
  Exchange(*transport, Get());
  Exchange(*transport, Get());
  EXPECT_EQ(server.requests().back(), "GET / HTTP/1.1\r\nHost: v2\r\n\r\n");
}

TEST_F(CurlTransportTest, TakesNoProxyFromTheEnvironment) {
  LoopbackServer proxy;
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("ALL_PROXY", proxy.url().c_str(), 1);
  LoopbackServer server;
  auto transport = Open(server.url());
  EXPECT_EQ(Exchange(*transport, Get()).end.result, ExchangeResult::kCompleted);
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  EXPECT_EQ(proxy.connections(), 0U);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(CurlTransportTest, CountsABodyWithoutDecompressingIt) {
  LoopbackServer server(
      Always("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"));
  auto transport = Open(server.url());
  const KeptEnd kept = Exchange(*transport, Get());
  EXPECT_EQ(kept.end.result, ExchangeResult::kCompleted) << kept.error;
  EXPECT_EQ(kept.end.response_bytes, 4U);
}

TEST_F(CurlTransportTest, AnAnswerInHttp10DoesNotChangeTheNextRequest) {
  LoopbackServer server(
      Always("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"));
  auto transport = Open(server.url());
  Exchange(*transport, Get("/1"));
  Exchange(*transport, Get("/2"));
  EXPECT_EQ(server.requests().back(), "GET /2 HTTP/1.1\r\nHost: v2\r\n\r\n");
}

TEST_F(CurlTransportTest, ARefusedConnectionIsUnsent) {
  auto transport = Open(ClosedUrl());
  const KeptEnd kept = Exchange(*transport, Get());
  EXPECT_EQ(kept.end.result, ExchangeResult::kUnsent);
  EXPECT_EQ(kept.end.status, 0);
  EXPECT_NE(kept.error, "");
}

TEST_F(CurlTransportTest, NoAnswerInTimeIsTimedOut) {
  LoopbackServer server(Always(""));
  CurlTransportOptions options;
  options.request_timeout = std::chrono::milliseconds(50);
  auto transport = Open(server.url(), options);
  const KeptEnd kept = Exchange(*transport, Get());
  EXPECT_EQ(kept.end.result, ExchangeResult::kTimedOut);
  EXPECT_GE(kept.end.done - kept.end.sent, std::chrono::milliseconds(40));
}

TEST_F(CurlTransportTest, HalfAnAnswerInTimeIsTimedOut) {
  LoopbackServer server(Always("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));
  CurlTransportOptions options;
  options.request_timeout = std::chrono::milliseconds(50);
  auto transport = Open(server.url(), options);
  const KeptEnd kept = Exchange(*transport, Get());
  EXPECT_EQ(kept.end.result, ExchangeResult::kTimedOut);
  EXPECT_EQ(kept.end.status, 200);
  EXPECT_EQ(kept.end.response_bytes, 3U);
}

TEST_F(CurlTransportTest, AnAnswerThatBreaksOffIsFailed) {
  const std::pair<const char*, Then> cases[] = {
      {"", Then::kClose},
      {"", Then::kReset},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Then::kClose},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Then::kReset},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Then::kClose},
      {"SSH-2.0-OpenSSH_9.2\r\n", Then::kClose},
  };
  for (const auto& [bytes, then] : cases) {
    LoopbackServer server(Always(bytes, then));
    auto transport = Open(server.url());
    const KeptEnd kept = Exchange(*transport, Get());
    EXPECT_EQ(kept.end.result, ExchangeResult::kFailed) << bytes << kept.error;
    EXPECT_NE(kept.error, "");
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

TEST_F(CurlTransportTest, AConnectionThatDiedIdleIsReplaced) {
  LoopbackServer server([](size_t number, const std::string&) {
    return Answer{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                  number == 0 ? Then::kClose : Then::kKeep};
  });
  auto transport = Open(server.url());
  EXPECT_EQ(Exchange(*transport, Get("/1")).end.result, ExchangeResult::kCompleted);
  EXPECT_EQ(Exchange(*transport, Get("/2")).end.result, ExchangeResult::kCompleted);
  EXPECT_EQ(Exchange(*transport, Get("/3")).end.result, ExchangeResult::kCompleted);
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(CurlTransportTest, ARequestOnADeadConnectionIsSentAgainWhole) {
  LoopbackServer server([](size_t number, const std::string&) {
    return number == 1 ? Answer{"", Then::kClose}
                       : Answer{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Then::kKeep};
  });
  auto transport = Open(server.url());
  Exchange(*transport, Get("/1"));
  OutboundRequest chunked = MakeRequest("POST", "/2", {{"Host", "v2"}}, std::string(200'000, 'x'));
  chunked.chunked = true;
  EXPECT_EQ(Exchange(*transport, std::move(chunked)).end.result, ExchangeResult::kCompleted);
  const std::vector<std::string> seen = server.requests();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(std::count(seen[2].begin(), seen[2].end(), 'x'), 200'000);
}

TEST_F(CurlTransportTest, TheGuardIsAskedBeforeEveryConnect) {
  LoopbackServer server;
  CurlTransportOptions options;
  options.guard = AddressGuard::WithoutLoopback();
  for (const std::string& url :
       {server.url(), "http://localhost:" + std::to_string(server.port())}) {
    auto transport = Open(url, options);
    const KeptEnd kept = Exchange(*transport, Get());
    EXPECT_EQ(kept.end.result, ExchangeResult::kRefused);
    EXPECT_EQ(kept.error, "refused by the address guard");
  }
  // Connections are accepted in order: this one would stand behind any refused one.
  auto transport = Open(server.url());
  EXPECT_EQ(Exchange(*transport, Get()).end.result, ExchangeResult::kCompleted);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(CurlTransportTest, ANamedHostIsAllowedWhereverItLies) {
  LoopbackServer server;
  CurlTransportOptions options;
  options.guard = AddressGuard::WithoutLoopback();
  ASSERT_TRUE(options.guard.Allow("localhost").ok());
  auto transport = Open("http://localhost:" + std::to_string(server.port()), options);
  EXPECT_EQ(Exchange(*transport, Get()).end.result, ExchangeResult::kCompleted);
}

TEST_F(CurlTransportTest, NothingIsSentAfterAStop) {
  LoopbackServer server;
  std::atomic<bool> stop{false};
  CurlTransportOptions options;
  options.stop_sending = &stop;
  auto transport = Open(server.url(), options);
  EXPECT_EQ(Exchange(*transport, Get()).end.result, ExchangeResult::kCompleted);
  transport->Submit(1, Get());
  stop = true;
  Finish(*transport);
  EXPECT_EQ(sink_.ends.back().end.result, ExchangeResult::kUnsent);
  EXPECT_EQ(sink_.ends.back().error, "stopped while connecting");
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(CurlTransportTest, AbandonReportsNothingAndLeavesNothing) {
  LoopbackServer server([](size_t number, const std::string&) {
    return number < 3 ? Answer{} : Answer{"HTTP/1.1 204 No Content\r\n\r\n", Then::kKeep};
  });
  auto transport = Open(server.url());
  for (uint64_t token = 0; token < 3; ++token) transport->Submit(token, Get());
  while (server.requests().size() < 3) {
    transport->Poll(clock_.SteadyNow() + std::chrono::milliseconds(1));
  }
  transport->Abandon();
  EXPECT_EQ(transport->in_flight(), 0U);
  EXPECT_TRUE(sink_.ends.empty());
  EXPECT_EQ(Exchange(*transport, Get()).end.result, ExchangeResult::kCompleted);
  EXPECT_EQ(sink_.ends.size(), 1U);
}

TEST_F(CurlTransportTest, ATlsHandshakeThatDoesNotEndIsUnsent) {
  // A TLS client hello holds no blank line, so the connect runs into its limit.
  LoopbackServer server;
  CurlTransportOptions options;
  options.connect_timeout = std::chrono::milliseconds(50);
  auto transport = Open("https://127.0.0.1:" + std::to_string(server.port()), options);
  transport->Submit(0, Get());
  transport->Submit(1, Get());
  Finish(*transport);
  for (const KeptEnd& kept : sink_.ends) EXPECT_EQ(kept.end.result, ExchangeResult::kUnsent);
  EXPECT_EQ(sink_.ends.size(), 2U);
}

TEST_F(CurlTransportTest, AMissingCaFileIsUnusable) {
  CurlTransportOptions options;
  options.target = *ParseTargetUrl("https://localhost");
  options.ca_file = "/does/not/exist.pem";
  const auto transport = CurlTransport::Create(options, clock_, sink_);
  ASSERT_FALSE(transport.ok());
  EXPECT_EQ(transport.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(Message(transport.status()).find("/does/not/exist.pem"), std::string::npos);
}

TEST_F(CurlTransportTest, SaysWhichLibraryItIs) {
  EXPECT_EQ(Open("http://localhost")->Describe().find("curl "), 0U);
}

}  // namespace
}  // namespace shadowreel
