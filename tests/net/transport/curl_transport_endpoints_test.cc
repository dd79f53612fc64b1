#include <gtest/gtest.h>

#include <array>

#include "tests/net/transport/curl_transport_fixture.h"

namespace shadowreel {
namespace {

using Answer = LoopbackServer::Answer;
using Then = LoopbackServer::Then;

// A target of several servers on loopback.
class CurlTransportEndpoints : public CurlTransportTest {
 protected:
  static OutboundRequest Get(uint64_t turn) {
    OutboundRequest request =
        MakeRequest("GET", "/" + std::to_string(turn), {{"Host", "httpbin.invalid"}});
    request.turn = turn;
    return request;
  }

  static EndpointAddress On(const LoopbackServer& server, std::string host = "127.0.0.1") {
    return {.host = std::move(host), .port = server.port()};
  }

  CurlTransportOptions AllServers() const {
    CurlTransportOptions options;
    for (const LoopbackServer& server : servers_) options.endpoints.push_back(On(server));
    return options;
  }

  std::array<LoopbackServer, 3> servers_;
};

TEST_F(CurlTransportEndpoints, TurnsGoRoundAndHostStaysTheTargets) {
  auto transport = Open("http://httpbin.invalid", AllServers());
  for (uint64_t turn = 0; turn < 30; ++turn) {
    EXPECT_EQ(Exchange(*transport, Get(turn)).end.result, ExchangeResult::kCompleted);
  }
  for (size_t i = 0; i < servers_.size(); ++i) {
    const std::vector<std::string> seen = servers_[i].requests();
    ASSERT_EQ(seen.size(), 10U);
    for (size_t n = 0; n < seen.size(); ++n) {
      EXPECT_EQ(seen[n],
                "GET /" + std::to_string(3 * n + i) + " HTTP/1.1\r\nHost: httpbin.invalid\r\n\r\n");
    }
    EXPECT_EQ(servers_[i].connections(), 1U);
  }
}

TEST_F(CurlTransportEndpoints, AllInFlightMayBeAtOneEndpointAndOthersKeepTheirIdleConnections) {
  CurlTransportOptions options = AllServers();
  options.max_connections = 4;
  auto transport = Open("http://httpbin.invalid", options);
  for (const uint64_t endpoint : {0, 1, 2, 0, 1, 2}) {
    for (uint64_t i = 0; i < options.max_connections; ++i) {
      transport->Submit(i, Get(endpoint + 3 * i));
    }
    Finish(*transport);
  }
  for (const LoopbackServer& server : servers_) {
    EXPECT_EQ(server.requests().size(), 8U);
    EXPECT_EQ(server.connections(), 4U);
  }
  for (const KeptEnd& kept : sink_.ends) {
    EXPECT_EQ(kept.end.result, ExchangeResult::kCompleted) << kept.error;
  }
}

TEST_F(CurlTransportEndpoints, AnAddressAndANameOfOneServerKeepConnectionsOfTheirOwn) {
  CurlTransportOptions options;
  options.endpoints = {On(servers_[0]), On(servers_[0], "localhost")};
  auto transport = Open("http://httpbin.invalid", options);
  for (uint64_t turn = 0; turn < 6; ++turn) {
    EXPECT_EQ(Exchange(*transport, Get(turn)).end.result, ExchangeResult::kCompleted);
  }
  EXPECT_EQ(servers_[0].connections(), 2U);
}

TEST_F(CurlTransportEndpoints, AnEndpointThatIsTheTargetItselfIsNoSpecialCase) {
  CurlTransportOptions options = AllServers();
  auto transport = Open(servers_[0].url(), options);
  for (uint64_t turn = 0; turn < 6; ++turn) Exchange(*transport, Get(turn));
  for (const LoopbackServer& server : servers_) EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(CurlTransportEndpoints, AnotherAttemptGoesToTheSameEndpoint) {
  LoopbackServer closing([](size_t number, const std::string&) {
    return Answer{number == 1 ? "" : "HTTP/1.1 204 No Content\r\n\r\n",
                  number == 1 ? Then::kClose : Then::kKeep};
  });
  CurlTransportOptions options;
  options.endpoints = {On(closing), On(servers_[1])};
  auto transport = Open("http://httpbin.invalid", options);
  for (const uint64_t turn : {0, 1, 2}) {
    EXPECT_EQ(Exchange(*transport, Get(turn)).end.result, ExchangeResult::kCompleted);
  }
  EXPECT_EQ(closing.requests().size(), 3U);
  EXPECT_EQ(servers_[1].requests().size(), 1U);
}

TEST_F(CurlTransportEndpoints, OneThatIsNotThereLeavesTheOthersAlone) {
  CurlTransportOptions options;
  options.endpoints = {On(servers_[0]), On(LoopbackServer())};
  auto transport = Open("http://httpbin.invalid", options);
  for (const uint64_t turn : {0, 1, 2}) {
    EXPECT_EQ(Exchange(*transport, Get(turn)).end.result,
              turn == 1 ? ExchangeResult::kUnsent : ExchangeResult::kCompleted);
  }
}

TEST_F(CurlTransportEndpoints, TheGuardJudgesTheEndpointAndNotTheTarget) {
  CurlTransportOptions options;
  options.endpoints = {On(servers_[0]), On(servers_[1], "localhost"), {"192.0.2.1", 9}};
  options.guard = AddressGuard::WithoutLoopback();
  ASSERT_TRUE(options.guard.Allow("staging.test").ok());
  ASSERT_TRUE(options.guard.Allow("localhost").ok());
  auto transport = Open("http://staging.test", options);
  for (const uint64_t turn : {0, 1, 2}) {
    EXPECT_EQ(Exchange(*transport, Get(turn)).end.result,
              turn == 1 ? ExchangeResult::kCompleted : ExchangeResult::kRefused);
  }
  EXPECT_EQ(servers_[0].connections(), 0U);
}

}  // namespace
}  // namespace shadowreel
