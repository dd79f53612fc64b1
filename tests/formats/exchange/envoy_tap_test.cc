#include <fmt/format.h>
#include <gtest/gtest.h>

#include "formats/exchange/envoy_tap_importer.h"
#include "tests/formats/exchange/imports.h"

namespace shadowreel {
namespace {

// An encoder of protobuf's wire format of the test's own, and Envoy's messages by the numbers of
// api/envoy/data/tap/v3/{wrapper,http,common}.proto.
std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value > 127; value /= 128) bytes += static_cast<char>(value % 128 + 128);
  return bytes + static_cast<char>(value);
}
std::string Number(int field, uint64_t value) {
  return static_cast<char>(field * 8) + Varint(value);
}
std::string Bytes(int field, const std::string& bytes) {
  return static_cast<char>(field * 8 + 2) + Varint(bytes.size()) + bytes;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string Header(const std::string& name, const std::string& value) {
  return Bytes(1, name) + Bytes(2, value);
}
// HeaderMap.headers, or Message.headers: both are field 1.
std::string HeaderMap(const Pairs& pairs, int field = 1) {
  std::string bytes;
  for (const auto& [name, value] : pairs) bytes += Bytes(field, Header(name, value));
  return bytes;
}
std::string Body(const std::string& bytes, bool truncated = false) {
  return Bytes(1, bytes) + (truncated ? Number(3, 1) : "");
}
std::string Buffered(const std::string& request, const std::string& response = "") {
  return Bytes(1, Bytes(1, request) + (response.empty() ? "" : Bytes(2, response)));
}
std::string Segment(uint64_t trace, int field, const std::string& content) {
  return Bytes(2, Number(1, trace) + Bytes(field, content));
}
std::string Delimited(const std::vector<std::string>& messages) {
  std::string bytes;
  for (const std::string& message : messages) bytes += Varint(message.size()) + message;
  return bytes;
}

const Pairs kGet = {{":method", "GET"},
                    {":path", "/a?b"},
                    {":authority", "shop-shadow:80"},
                    {":scheme", "http"},
                    {"x-id", "1"}};
const Pairs kPost = {
    {":method", "POST"}, {":path", "/p"}, {":authority", "shop"}, {"content-length", "4"}};

Imported Import(std::string text, const EnvoyTapOptions& options, size_t piece = 1 << 20) {
  return ImportText(
      std::move(text),
      [&](ImportInput input) { return EnvoyTapImporter(std::move(input), options); }, piece);
}
Imported ImportOne(const std::string& message) { return Import(message, {}); }
Imported ImportDelimited(const std::string& text, size_t piece = 1 << 20) {
  return Import(text, {.delimited = true}, piece);
}

constexpr char kNoTime[] = "a time that is not in the file: spaced evenly";
constexpr char kCut[] = "a message that the end of the file cuts";

TEST(EnvoyTapTest, ABufferedTraceBecomesARecordWithItsResponse) {
  const std::string body("b\xff\n\0", 4);
  const std::string received = Number(1, 1'700'000'000) + Number(2, 5);
  const std::string request = HeaderMap(kPost) + Bytes(1, Bytes(1, "x-raw") + Bytes(3, "r\xe4")) +
                              Bytes(2, Body(body)) + HeaderMap({{"x-t", "1"}}, 3) +
                              Bytes(4, received) + Number(15, 7);
  const std::string response = HeaderMap({{":status", "201"}, {"server", "envoy"}}) +
                               Bytes(2, Bytes(2, "text") + Number(3, 1)) +
                               HeaderMap({{"grpc-status", "0"}}, 3);
  const Imported imported = ImportOne(Buffered(request, response));
  ASSERT_EQ(imported.requests.size(), 1u);
  EXPECT_EQ(imported.total(), 0u);
  const Record& record = imported.record(0);
  EXPECT_EQ(record.arrival.time_since_epoch().count(), 1'700'000'000'000'000'005);
  EXPECT_EQ(record.method, "POST");
  EXPECT_EQ(record.target, "/p");
  EXPECT_EQ(record.authority, "shop");
  EXPECT_EQ(record.version, HttpVersion::kHttp2);
  EXPECT_EQ(record.framing, Framing::kContentLength);
  EXPECT_EQ(record.body, body);
  ASSERT_EQ(record.headers.size(), 2u);
  EXPECT_EQ(record.headers[1], (FieldView{"x-raw", "r\xe4"}));
  EXPECT_EQ(record.trailers.Find("x-t"), "1");
  const Response& answer = *imported.requests[0].response;
  EXPECT_EQ(answer.status, 201u);
  EXPECT_EQ(answer.body, "text");
  EXPECT_TRUE(answer.truncated);
  EXPECT_EQ(answer.headers.size(), 1u);
  EXPECT_EQ(answer.trailers.Find("grpc-status"), "0");
}

TEST(EnvoyTapTest, TransferEncodingMakesItHttp1AndShadowIsStripped) {
  Pairs chunked = kGet;
  chunked.emplace_back("transfer-encoding", "chunked");
  const Imported imported = ImportOne(Buffered(HeaderMap(chunked) + Bytes(2, Body("x"))));
  ASSERT_EQ(imported.requests.size(), 1u);
  EXPECT_EQ(imported.record(0).version, HttpVersion::kHttp11);
  EXPECT_EQ(imported.record(0).framing, Framing::kChunked);
  EXPECT_EQ(imported.record(0).headers[0], (FieldView{"Host", "shop-shadow:80"}));
  EXPECT_EQ(imported.record(0).stripped_authority, "shop:80");
  EXPECT_EQ(imported.Count(kNoTime), 1u);
  EXPECT_EQ(imported.FirstPlace(kNoTime), "file: message 1 at byte 0");
}

TEST(EnvoyTapTest, InterleavedSegmentsAreAssembledInOrderOfTheirHeaders) {
  const std::string text = Delimited({
      Segment(7, 2, HeaderMap(kPost)),
      Segment(9, 2, HeaderMap(kGet)),
      Segment(7, 3, Body("bo")),
      Segment(9, 5, HeaderMap({{":status", "404"}})),
      Segment(7, 3, Body("dy")),
      Segment(7, 4, HeaderMap({{"x-t", "1"}})),
      Segment(9, 6, Body("no")),
      Segment(9, 7, HeaderMap({{"x-u", "2"}})),
      Segment(7, 2, HeaderMap(kPost)),  // the id again
      Segment(7, 3, Body("abcd")),
      Segment(8, 3, Body("lost")),
  });
  for (const size_t piece : {size_t{1}, size_t{3}, size_t{1} << 20}) {
    const Imported imported = ImportDelimited(text, piece);
    ASSERT_EQ(imported.requests.size(), 3u);
    EXPECT_EQ(imported.record(0).body, "body");
    EXPECT_EQ(imported.record(0).trailers.Find("x-t"), "1");
    EXPECT_FALSE(imported.requests[0].response);
    EXPECT_EQ(imported.record(1).target, "/a?b");
    EXPECT_EQ(imported.requests[1].response->status, 404u);
    EXPECT_EQ(imported.requests[1].response->body, "no");
    EXPECT_EQ(imported.requests[1].response->trailers.Find("x-u"), "2");
    EXPECT_EQ(imported.record(2).body, "abcd");
    EXPECT_LT(imported.record(0).arrival, imported.record(1).arrival);
    EXPECT_EQ(imported.Count(kNoTime), 3u);
    EXPECT_EQ(imported.Count("a streamed segment without its request headers"), 1u);
    EXPECT_EQ(imported.total(), 4u);
  }
}

TEST(EnvoyTapTest, OpenTracesAreBounded) {
  std::vector<std::string> messages;
  const size_t count = EnvoyTapImporter::kMaxOpenTraces + 2;
  for (size_t id = 0; id < count; ++id) messages.push_back(Segment(id, 2, HeaderMap(kGet)));
  messages.push_back(Segment(0, 3, Body("late")));
  messages.push_back(Segment(5, 3, Body("in time")));
  const Imported imported = ImportDelimited(Delimited(messages));
  ASSERT_EQ(imported.requests.size(), count);
  EXPECT_EQ(imported.Count("a streamed segment without its request headers"), 1u);
  EXPECT_EQ(imported.record(0).body, "");
  EXPECT_EQ(imported.record(5).body, "in time");
}

TEST(EnvoyTapTest, TruncatedBodiesAreRefusedUnlessKept) {
  Pairs stated = kPost;
  stated.back().second = "5000";
  const std::string cut = Buffered(HeaderMap(stated) + Bytes(2, Body("begin", true)));
  const std::string streamed = Segment(1, 2, HeaderMap(kGet));
  const std::string text =
      Delimited({cut, streamed, Segment(1, 3, Body("ab")), Segment(1, 3, Body("c", true))});
  const Imported refused = ImportDelimited(text);
  EXPECT_EQ(refused.requests.size(), 0u);
  EXPECT_EQ(refused.Count("a request whose body Envoy truncated: import it with --truncated=keep"),
            2u);
  const Imported kept = Import(text, {.delimited = true, .keep_truncated = true});
  ASSERT_EQ(kept.requests.size(), 2u);
  EXPECT_TRUE(kept.record(0).truncated);
  EXPECT_EQ(kept.record(0).body, "begin");
  EXPECT_EQ(kept.record(0).wire_body_bytes, 5000u);
  EXPECT_EQ(kept.record(0).headers.Find("content-length"), "5000");
  EXPECT_TRUE(kept.record(1).truncated);
  EXPECT_EQ(kept.record(1).body, "abc");
}

TEST(EnvoyTapTest, WhatCannotBeImportedIsCountedAndTheRestGoesOn) {
  const Imported imported = ImportDelimited(Delimited({
      "",
      Bytes(3, "socket trace"),
      "\xff\xff\xff\xff",
      Bytes(1, Bytes(1, Bytes(1, "\x0a\x7f"))),
      Buffered(HeaderMap({{":path", "/"}})),
      Buffered(HeaderMap({{":method", "GET"}})),
      Buffered(HeaderMap({{":method", "CONNECT"}, {":authority", "a:1"}})),
      Buffered(HeaderMap({{":method", "GET"}, {":path", "/"}, {"a b", ""}})),
      Buffered(HeaderMap({{":method", "GET"}, {":path", "/a b"}})),
      Buffered(HeaderMap(kGet) + Bytes(4, Number(1, uint64_t{1} << 63))),
      Buffered(HeaderMap(kGet), HeaderMap({{":status", "x"}})),
      Buffered(HeaderMap(kPost) + Bytes(2, Body("xyz"))),
  }));
  ASSERT_EQ(imported.requests.size(), 1u);
  EXPECT_EQ(imported.record(0).headers.Find("content-length"), "3");
  EXPECT_EQ(imported.Count("Content-Length set to the body's length"), 1u);
  EXPECT_EQ(imported.Count("a message without an HTTP trace"), 2u);
  EXPECT_EQ(imported.Count("a message that is not an Envoy trace"), 3u);
  EXPECT_EQ(imported.Count("request without a method"), 1u);
  EXPECT_EQ(imported.Count("request without a target"), 1u);
  EXPECT_EQ(imported.Count("CONNECT request"), 1u);
  EXPECT_EQ(imported.Count("a header that HTTP does not allow"), 1u);
  EXPECT_EQ(imported.Count("white space in the request target"), 1u);
  EXPECT_EQ(imported.Count("a response status that HTTP does not allow"), 1u);
}

TEST(EnvoyTapTest, EveryCutIsReported) {
  const std::string first = Delimited({Buffered(HeaderMap(kGet))});
  const std::string text = first + Delimited({Buffered(HeaderMap(kPost) + Bytes(2, Body("body")))});
  for (size_t length = 0; length <= text.size(); ++length) {
    const Imported imported = ImportDelimited(text.substr(0, length));
    EXPECT_EQ(imported.error, "");
    EXPECT_EQ(imported.requests.size(), length == text.size()    ? 2u
                                        : length >= first.size() ? 1u
                                                                 : 0u);
    const bool whole = length == 0 || length == first.size() || length == text.size();
    EXPECT_EQ(imported.Count(kCut), whole ? 0u : 1u) << length;
  }
  const std::string one = Buffered(HeaderMap(kGet));
  for (size_t length = 0; length < one.size(); ++length) {
    EXPECT_EQ(ImportOne(one.substr(0, length)).requests.size(), 0u);
    EXPECT_EQ(ImportOne(one.substr(0, length)).total(), 1u);
  }
}

TEST(EnvoyTapTest, HostileLengthsTakeNoMemoryAndNoTime) {
  for (const uint64_t length : {uint64_t{1} << 63, UINT64_MAX, uint64_t{1} << 32}) {
    const Imported imported = ImportDelimited(Varint(length) + "x");
    EXPECT_EQ(imported.Count(kCut), 1u) << length;
    EXPECT_EQ(imported.total(), 1u);
  }
  const Imported endless = ImportDelimited(std::string(11, '\xff') + "x");
  EXPECT_EQ(endless.Count("the rest of the file: no length of a message"), 1u);
  const Imported nothing = ImportDelimited(std::string(1000, '\0'));
  EXPECT_EQ(nothing.Count("a message without an HTTP trace"), 1000u);

  const size_t over = EnvoyTapMessages::kMaxMessageBytes + 1;
  const Imported large = ImportDelimited(Varint(over) + std::string(over, 'x') +
                                         Delimited({Buffered(HeaderMap(kGet))}));
  EXPECT_EQ(large.Count("a message over 64 MiB"), 1u);
  EXPECT_EQ(large.requests.size(), 1u);

  std::string headers;  // many empty ones
  for (int i = 0; i < 1'000'000; ++i) headers += std::string("\x0a\0", 2);
  EXPECT_EQ(ImportOne(Buffered(headers)).Count("a message that is not an Envoy trace"), 1u);

  const Imported zeros =
      ImportFrom(std::make_unique<RepeatSource>('\0', uint64_t{1} << 28),
                 [](ImportInput input) { return EnvoyTapImporter(std::move(input), {}); });
  EXPECT_EQ(zeros.Count("a message over 64 MiB"), 1u);
}

}  // namespace
}  // namespace shadowreel
