#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "net/transport/curl_transport.h"
#include "tests/loopback/loopback_server.h"

namespace shadowreel {

// An end that outlives the call that reported it.
struct KeptEnd {
  ExchangeEnd end;
  std::string error;
};

class KeepingSink final : public ExchangeSink {
 public:
  void OnExchangeEnd(const ExchangeEnd& end) override {
    ends.push_back({end, std::string(end.error)});
  }
  std::vector<KeptEnd> ends;
};

class CurlTransportTest : public ::testing::Test {
 protected:
  std::unique_ptr<CurlTransport> Open(const std::string& url, CurlTransportOptions options = {}) {
    const auto target = ParseTargetUrl(url);
    EXPECT_TRUE(target.ok()) << Message(target.status());
    options.target = *target;
    auto transport = CurlTransport::Create(std::move(options), clock_, sink_);
    EXPECT_TRUE(transport.ok()) << Message(transport.status());
    return std::move(*transport);
  }

  // Polls until nothing is in flight, at most ten seconds.
  void Finish(Transport& transport) {
    const SteadyTime deadline = clock_.SteadyNow() + std::chrono::seconds(10);
    while (transport.in_flight() > 0 && clock_.SteadyNow() < deadline) transport.Poll(deadline);
    EXPECT_EQ(transport.in_flight(), 0U);
  }

  // One exchange from its submission to its end.
  KeptEnd Exchange(Transport& transport, OutboundRequest request) {
    transport.Submit(sink_.ends.size(), std::move(request));
    Finish(transport);
    return sink_.ends.empty() ? KeptEnd{} : sink_.ends.back();
  }

  SystemClock clock_;
  KeepingSink sink_;
};

inline OutboundRequest MakeRequest(std::string method, std::string target,
                                   const std::vector<std::pair<std::string, std::string>>& fields,
                                   std::string body = "") {
  OutboundRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  for (const auto& [name, value] : fields) request.headers.Add(name, value);
  request.body = std::move(body);
  return request;
}

}  // namespace shadowreel
