#include <gtest/gtest.h>

#include <algorithm>

#include "tests/net/transport/curl_transport_fixture.h"

namespace shadowreel {
namespace {

// What stands on the wire for what was submitted.
class CurlTransportWire : public CurlTransportTest {
 protected:
  std::string Sent(OutboundRequest request) {
    auto transport = Open(server_.url());
    const KeptEnd kept = Exchange(*transport, std::move(request));
    EXPECT_EQ(kept.end.result, ExchangeResult::kCompleted) << kept.error;
    EXPECT_EQ(kept.end.status, 204);
    EXPECT_EQ(server_.requests().size(), 1U);
    return server_.requests().empty() ? "" : server_.requests().front();
  }

  LoopbackServer server_;
};

TEST_F(CurlTransportWire, AddsNothing) {
  EXPECT_EQ(Sent(MakeRequest("GET", "/", {{"Host", "v2"}})), "GET / HTTP/1.1\r\nHost: v2\r\n\r\n");
}

TEST_F(CurlTransportWire, KeepsOrderCaseAndDuplicates) {
  EXPECT_EQ(
      Sent(MakeRequest("GET", "/a",
                       {{"Host", "v2"},
                        {"x-B", "1"},
                        {"Accept", "text/html"},
                        {"X-b", "2"},
                        {"Cookie", "a=1"},
                        {"User-Agent", "seen/1"},
                        {"cookie", "b=2"},
                        {"Authorization", "Bearer t"},
                        {"Accept-Encoding", "gzip"},
                        {"Range", "bytes=0-1"},
                        {"Referer", "http://r/"},
                        {"Connection", "keep-alive"}})),
      "GET /a HTTP/1.1\r\nHost: v2\r\nx-B: 1\r\nAccept: text/html\r\nX-b: 2\r\nCookie: a=1\r\n"
      "User-Agent: seen/1\r\ncookie: b=2\r\nAuthorization: Bearer t\r\nAccept-Encoding: gzip"
      "\r\nRange: bytes=0-1\r\nReferer: http://r/\r\nConnection: keep-alive\r\n\r\n");
}

TEST_F(CurlTransportWire, KeepsEmptyAndBinaryValues) {
  EXPECT_EQ(Sent(MakeRequest("GET", "/",
                             {{"Host", "v2"},
                              {"X-Empty", ""},
                              {"Accept", ""},
                              {"X-Binary", "\xff\xfe\x01 \x80;:"},
                              {"X-Semicolon", ";"},
                              {"X-Colon", ":"},
                              {"X-Last", ""}})),
            "GET / HTTP/1.1\r\nHost: v2\r\nX-Empty:\r\nAccept:\r\nX-Binary: \xff\xfe\x01 \x80;:\r\n"
            "X-Semicolon: ;\r\nX-Colon: :\r\nX-Last:\r\n\r\n");
}

TEST_F(CurlTransportWire, KeepsOddTargets) {
  auto transport = Open(server_.url());
  const std::vector<std::string> targets = {"*",
                                            "http://other:81/p?q",
                                            "//",
                                            "/a/../b/./c",
                                            "/?a?b",
                                            "/%2e%2E/%zz",
                                            "/#frag",
                                            "/\xff\xc3",
                                            "/{}[]|\\^`\"<>",
                                            "?",
                                            "a",
                                            "/a//b?x=%00&y=;"};
  for (const std::string& target : targets) {
    Exchange(*transport, MakeRequest("OPTIONS", target, {{"Host", "v2"}}));
  }
  const std::vector<std::string> seen = server_.requests();
  ASSERT_EQ(seen.size(), targets.size());
  for (size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i], "OPTIONS " + targets[i] + " HTTP/1.1\r\nHost: v2\r\n\r\n");
  }
}

TEST_F(CurlTransportWire, KeepsContentLengthInItsPlace) {
  EXPECT_EQ(Sent(MakeRequest("POST", "/",
                             {{"Host", "v2"}, {"X-1", "a"}, {"content-length", "5"}, {"X-2", "b"}},
                             std::string("a\0b\r\n", 5))),
            std::string("POST / HTTP/1.1\r\nHost: v2\r\nX-1: a\r\ncontent-length: 5\r\nX-2: b\r\n"
                        "\r\na\0b\r\n",
                        72 - 3));
}

TEST_F(CurlTransportWire, SendsALargeBodyWhole) {
  const std::string body(3 << 20, 'x');
  EXPECT_EQ(Sent(MakeRequest("PUT", "/", {{"Host", "v2"}, {"Content-Length", "3145728"}}, body)),
            "PUT / HTTP/1.1\r\nHost: v2\r\nContent-Length: 3145728\r\n\r\n" + body);
}

TEST_F(CurlTransportWire, APostWithoutABodyGetsNoContentLength) {
  EXPECT_EQ(Sent(MakeRequest("POST", "/", {{"Host", "v2"}})),
            "POST / HTTP/1.1\r\nHost: v2\r\n\r\n");
}

TEST_F(CurlTransportWire, APostOfLengthZeroKeepsIt) {
  EXPECT_EQ(Sent(MakeRequest("POST", "/", {{"Host", "v2"}, {"Content-Length", "0"}})),
            "POST / HTTP/1.1\r\nHost: v2\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(CurlTransportWire, ABodyWithoutALengthGetsOne) {
  EXPECT_EQ(Sent(MakeRequest("POST", "/", {{"Host", "v2"}, {"X-1", "a"}}, "abc")),
            "POST / HTTP/1.1\r\nHost: v2\r\nX-1: a\r\nContent-Length: 3\r\n\r\nabc");
}

TEST_F(CurlTransportWire, AGetMayHaveABody) {
  EXPECT_EQ(Sent(MakeRequest("GET", "/", {{"Host", "v2"}, {"Content-Length", "3"}}, "abc")),
            "GET / HTTP/1.1\r\nHost: v2\r\nContent-Length: 3\r\n\r\nabc");
}

TEST_F(CurlTransportWire, ExpectIsSentAndNotWaitedUpon) {
  EXPECT_EQ(Sent(MakeRequest("POST", "/",
                             {{"Host", "v2"}, {"Expect", "100-continue"}, {"Content-Length", "3"}},
                             "abc")),
            "POST / HTTP/1.1\r\nHost: v2\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
}

TEST_F(CurlTransportWire, ChunkedKeepsItsPlaceAndItsTrailers) {
  OutboundRequest request = MakeRequest(
      "POST", "/", {{"Host", "v2"}, {"Transfer-Encoding", "chunked"}, {"X-1", "a"}}, "hello");
  request.chunked = true;
  request.trailers.Add("X-Sum", "5d41");
  request.trailers.Add("X-Sum", "again");
  EXPECT_EQ(Sent(std::move(request)),
            "POST / HTTP/1.1\r\nHost: v2\r\nTransfer-Encoding: chunked\r\nX-1: a\r\n\r\n"
            "5\r\nhello\r\n0\r\nX-Sum: 5d41\r\nX-Sum: again\r\n\r\n");
}

TEST_F(CurlTransportWire, ChunkedMayBeEmptyAndOfAnyMethod) {
  auto transport = Open(server_.url());
  for (const char* method : {"GET", "DELETE"}) {
    OutboundRequest request = MakeRequest(method, "/", {{"Host", "v2"}});
    request.chunked = true;
    const KeptEnd kept = Exchange(*transport, std::move(request));
    EXPECT_EQ(kept.end.result, ExchangeResult::kCompleted) << kept.error;
    EXPECT_EQ(server_.requests().back(),
              std::string(method) +
                  " / HTTP/1.1\r\nHost: v2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  }
}

// libcurl 7.88 writes outside its buffer when a handle that sent trailers is used again.
TEST_F(CurlTransportWire, TrailersComeAndGoOnOneTransport) {
  auto transport = Open(server_.url());
  const std::string body(200'000, 'x');
  for (int i = 0; i < 6; ++i) {
    OutboundRequest request = MakeRequest("POST", "/", {{"Host", "v2"}}, body);
    request.chunked = true;
    if (i % 2 == 0) request.trailers.Add("X-Sum", "");
    EXPECT_EQ(Exchange(*transport, std::move(request)).end.result, ExchangeResult::kCompleted);
    const std::string seen = server_.requests().back();
    EXPECT_EQ(static_cast<size_t>(std::count(seen.begin(), seen.end(), 'x')), body.size());
    EXPECT_TRUE(seen.ends_with(i % 2 == 0 ? "\r\n0\r\nX-Sum: \r\n\r\n" : "\r\n0\r\n\r\n"));
  }
}

TEST_F(CurlTransportWire, Http10MayLackAHost) {
  OutboundRequest request = MakeRequest("GET", "/old", {{"X-1", "a"}});
  request.http10 = true;
  EXPECT_EQ(Sent(std::move(request)), "GET /old HTTP/1.0\r\nX-1: a\r\n\r\n");
}

TEST_F(CurlTransportWire, AHostMayBeEmpty) {
  EXPECT_EQ(Sent(MakeRequest("GET", "/", {{"Host", ""}})), "GET / HTTP/1.1\r\nHost:\r\n\r\n");
}

TEST_F(CurlTransportWire, AnUnknownMethodIsSentAsItIs) {
  EXPECT_EQ(Sent(MakeRequest("m-SEARCH", "/", {{"Host", "v2"}})),
            "m-SEARCH / HTTP/1.1\r\nHost: v2\r\n\r\n");
}

TEST_F(CurlTransportWire, AHandleForgetsTheRequestBefore) {
  auto transport = Open(server_.url());
  OutboundRequest chunked = MakeRequest("POST", "/1", {{"Host", "v2"}}, "hello");
  chunked.chunked = true;
  chunked.trailers.Add("X-Sum", "1");
  Exchange(*transport, std::move(chunked));
  Exchange(*transport, MakeRequest("HEAD", "/2", {{"Host", "v2"}}));
  OutboundRequest old = MakeRequest("GET", "/3", {{"Connection", "keep-alive"}});
  old.http10 = true;
  Exchange(*transport, std::move(old));
  Exchange(*transport, MakeRequest("PUT", "/4", {{"Host", "v2"}, {"Content-Length", "2"}}, "hi"));
  Exchange(*transport, MakeRequest("GET", "/5", {{"Host", "v2"}}));
  const std::vector<std::string> seen = server_.requests();
  ASSERT_EQ(seen.size(), 5U);
  EXPECT_EQ(seen[1], "HEAD /2 HTTP/1.1\r\nHost: v2\r\n\r\n");
  EXPECT_EQ(seen[2], "GET /3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(seen[3], "PUT /4 HTTP/1.1\r\nHost: v2\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(seen[4], "GET /5 HTTP/1.1\r\nHost: v2\r\n\r\n");
}

TEST_F(CurlTransportWire, WhatCannotBeSaidIsUnsent) {
  auto transport = Open(server_.url());
  const std::string nul("a\0b", 3);
  std::vector<OutboundRequest> requests = {
      MakeRequest("GET", "/", {{"X-1", "a\r\nX-2: b"}}),
      MakeRequest("GET", "/", {{"X-1", "a\nb"}}),
      MakeRequest("GET", "/", {{"X-1", nul}}),
      MakeRequest("GET", "/", {{"X 1", "a"}}),
      MakeRequest("GET", "/", {{"X:1", "a"}}),
      MakeRequest("GET", "/", {{"", "a"}}),
      MakeRequest("GET", "", {}),
      MakeRequest("GET", "/a b", {}),
      MakeRequest("GET", "/\r\nX: y", {}),
      MakeRequest("GET ", "/", {}),
      MakeRequest("", "/", {}),
      MakeRequest("POST", "/", {{"Content-Length", "4"}}, "abc"),
      MakeRequest("POST", "/", {{"Content-Length", "x"}}, "abc"),
      MakeRequest("HEAD", "/", {{"Content-Length", "3"}}, "abc"),
      MakeRequest("POST", "/", {{"Content-Length", "3"}, {"content-length", "3"}}, "abc"),
      MakeRequest("POST", "/", {{"Transfer-Encoding", "chunked"}}, "abc"),
  };
  requests.push_back(MakeRequest("POST", "/", {{"Content-Length", "3"}}, "abc"));
  requests.back().chunked = true;
  requests.push_back(MakeRequest("POST", "/", {}, "abc"));
  requests.back().chunked = true;
  requests.back().http10 = true;
  requests.push_back(MakeRequest("POST", "/", {}, "abc"));
  requests.back().trailers.Add("X-1", "a");
  requests.push_back(MakeRequest("POST", "/", {}, "abc"));
  requests.back().chunked = true;
  requests.back().trailers.Add("X-1", "a\r\n\r\nGET / HTTP/1.1");
  for (size_t i = 0; i < requests.size(); ++i) {
    const KeptEnd kept = Exchange(*transport, requests[i]);
    ASSERT_EQ(sink_.ends.size(), i + 1);
    EXPECT_EQ(kept.end.token, i);
    EXPECT_EQ(kept.end.result, ExchangeResult::kUnsent) << i;
    EXPECT_EQ(kept.error.find("not expressible: "), 0U) << i << kept.error;
  }
  EXPECT_TRUE(server_.requests().empty());
}

}  // namespace
}  // namespace shadowreel
