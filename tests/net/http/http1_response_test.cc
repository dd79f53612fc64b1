#include "net/http/http1_response.h"

#include <gtest/gtest.h>

#include <string>

namespace shadowreel {
namespace {

struct Parsed {
  const char* problem;
  Http1Response response;
};

Parsed Parse(const std::string& bytes, bool to_head = false, Http1ResponseLimits limits = {}) {
  Parsed parsed;
  parsed.problem = ParseHttp1Response(bytes, to_head, limits, &parsed.response);
  return parsed;
}

Http1Response Good(const std::string& bytes, bool to_head = false) {
  const Parsed parsed = Parse(bytes, to_head);
  EXPECT_EQ(parsed.problem, nullptr) << bytes;
  return parsed.response;
}

void ExpectRefused(const std::string& bytes, std::string_view part) {
  const Parsed parsed = Parse(bytes);
  ASSERT_NE(parsed.problem, nullptr) << bytes;
  EXPECT_NE(std::string_view(parsed.problem).find(part), std::string::npos) << bytes << "\n"
                                                                            << parsed.problem;
}

TEST(Http1ResponseTest, AContentLengthEndsTheBody) {
  const Http1Response response = Good(
      "HTTP/1.1 200 OK\r\nA: 1\r\na:  two words \r\nEmpty:\r\nContent-Length: 5\r\n\r\nhelloX");
  EXPECT_EQ(response.status, 200u);
  ASSERT_EQ(response.headers.size(), 4u);
  EXPECT_EQ(response.headers[0], (FieldView{"A", "1"}));
  EXPECT_EQ(response.headers[1], (FieldView{"a", "two words"}));
  EXPECT_EQ(response.headers[2], (FieldView{"Empty", ""}));
  EXPECT_EQ(response.body, "hello");
  EXPECT_TRUE(response.complete);
  EXPECT_EQ(response.length, 73u);
}

TEST(Http1ResponseTest, ChunksAndTrailersAreTakenApart) {
  const Http1Response response = Good(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nDigest: 1\r\nGrpc-Status: 0\r\n\r\n");
  EXPECT_EQ(response.body, "abcde");
  EXPECT_EQ(response.headers.size(), 1u);
  ASSERT_EQ(response.trailers.size(), 2u);
  EXPECT_EQ(response.trailers[1], (FieldView{"Grpc-Status", "0"}));
  EXPECT_TRUE(response.complete);
}

TEST(Http1ResponseTest, TheEndOfTheBytesEndsABodyWithoutALength) {
  const Http1Response response = Good("HTTP/1.0 200\r\n\r\nall of it\r\n\r\n");
  EXPECT_EQ(response.body, "all of it\r\n\r\n");
  EXPECT_TRUE(response.complete);
  EXPECT_TRUE(Good("HTTP/1.1 200 OK\r\n\r\n").complete);
}

TEST(Http1ResponseTest, SomeHaveNoBodyWhateverTheySay) {
  const std::string length = "Content-Length: 5\r\n\r\n";
  EXPECT_TRUE(Good("HTTP/1.1 200 OK\r\n" + length, true).complete);
  EXPECT_TRUE(Good("HTTP/1.1 304 Not Modified\r\n" + length).complete);
  EXPECT_TRUE(Good("HTTP/1.1 204 No Content\r\n\r\n").complete);
  EXPECT_EQ(Good("HTTP/1.1 204 No Content\r\n\r\nrest").body, "");
  const Http1Response upgrade = Good("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n\x81\x05hello");
  EXPECT_EQ(upgrade.status, 101u);
  EXPECT_EQ(upgrade.body, "");
}

TEST(Http1ResponseTest, InterimResponsesArePassedOver) {
  const Http1Response response = Good(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(response.status, 201u);
  EXPECT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.body, "ok");
  ExpectRefused("HTTP/1.1 100 Continue\r\n\r\n", "a head without its end");
}

TEST(Http1ResponseTest, EveryCutIsSeen) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string whole = head + "3\r\nabc\r\n0\r\nA: 1\r\n\r\n";
  for (size_t length = 0; length < whole.size(); ++length) {
    const Parsed parsed = Parse(whole.substr(0, length));
    if (length < head.size()) {
      EXPECT_NE(parsed.problem, nullptr) << length;
    } else {
      EXPECT_EQ(parsed.problem, nullptr) << length;
      EXPECT_FALSE(parsed.response.complete) << length;
    }
  }
  const Http1Response half = Good("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
  EXPECT_FALSE(half.complete);
  EXPECT_EQ(half.body, "he");
}

TEST(Http1ResponseTest, WhatIsNoResponseIsRefused) {
  ExpectRefused("", "a head without its end");
  ExpectRefused("GET / HTTP/1.1\r\n\r\n", "");
  ExpectRefused("HTTP/2 200\r\n\r\n", "");
  ExpectRefused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "");
  ExpectRefused(std::string(100, '\0'), "");
  ExpectRefused("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "");
  ExpectRefused("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "");
  ExpectRefused("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "Transfer-Encoding other than chunked");
  ExpectRefused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "chunk size");
}

TEST(Http1ResponseTest, HeadsAreBounded) {
  const std::string one = "HTTP/1.1 200 OK\r\nName: value\r\n\r\n";
  EXPECT_EQ(Parse(one, false, {9, 1}).problem, nullptr);
  EXPECT_NE(Parse(one, false, {8, 1}).problem, nullptr);
  EXPECT_NE(Parse(one, false, {9, 0}).problem, nullptr);
}

}  // namespace
}  // namespace shadowreel
