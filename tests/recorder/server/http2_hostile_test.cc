// What an HTTP/2 peer must not get away with, and what it may do.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/recorder/server/http2_peer.h"

namespace shadowreel {
namespace {

constexpr std::string_view kAccepted = ":status=202; end";

TEST(Http2HostileTest, InvalidFieldsRefuseTheRequestAndNoFieldIsLostSilently) {
  const std::vector<FieldList> bad = {
      Head("GET", "/", {{"x y", "1"}}),
      Head("GET", "/", {{"x", "a\nb"}}),
      Head("GET", "/", {{"X-Upper", "1"}}),
      Head("GET", "/", {{"x", " space"}}),
      Head("GET", "/", {{"", "1"}}),
      Head("GET", "/", {{"connection", "close"}}),
      Head("GET", "/", {{":late", "1"}}),
      Head("GET", "/", {{"transfer-encoding", "chunked"}}),
      Head("GET", "/", {{"te", "gzip"}}),
      Head("GET", "/ /"),
      Head("GET", "http://a/"),
      Head("G T", "/"),
      {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}},
      {{":method", "GET"}, {":path", "/"}, {":authority", "a"}},
      Head("GET", "/", {{"content-length", "1"}, {"content-length", "1"}}),
      Head("GET", "/", {{"content-length", "-1"}}),
  };
  Http2Peer peer;
  peer.Send(Preface());
  int32_t id = 1;
  for (const FieldList& head : bad) {
    SCOPED_TRACE(head.back().first);
    const size_t before = peer.sink.refusals.size();
    peer.Send(Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, id,
                    Literals(head)));
    ASSERT_EQ(peer.sink.refusals.size(), before + 1);
    EXPECT_EQ(peer.sink.refusals.back(), Refusal::kBadRequest);
    id += 2;
  }
  EXPECT_EQ(peer.sink.asked, 0u);
  EXPECT_FALSE(peer.session.WantsClose());
  peer.Send(Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, id,
                  Literals(Head("GET", "/fine"))));
  EXPECT_EQ(peer.sink.records.size(), 1u);
}

TEST(Http2HostileTest, InvalidTrailersGiveAnIncompleteRecord) {
  Http2Peer peer;
  peer.Send(Preface() +
            Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, Literals(Head("POST", "/"))) +
            Frame(NGHTTP2_DATA, 0, 1, "body") +
            Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1,
                  Literals({{"t", "1"}, {"x y", "1"}})));
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_FALSE(peer.sink.records[0].complete);
  EXPECT_TRUE(peer.sink.refusals.empty());
  EXPECT_FALSE(peer.session.WantsClose());
}

TEST(Http2HostileTest, ConnectIsRefused) {
  Http2Peer peer;
  const int32_t plain =
      peer.client.Open({{":method", "CONNECT"}, {":authority", "a:443"}}, "tunnel");
  const int32_t extended = peer.client.Open({{":method", "CONNECT"},
                                             {":protocol", "websocket"},
                                             {":scheme", "http"},
                                             {":path", "/"},
                                             {":authority", "a"}});
  peer.Talk();
  EXPECT_EQ(peer.client.answer(plain), ":status=501; end");
  EXPECT_EQ(peer.client.answer(extended), " reset 1");
  EXPECT_EQ(peer.sink.refusals,
            (std::vector<Refusal>{Refusal::kUnknownMethod, Refusal::kUnknownMethod}));
  peer.End();
  EXPECT_EQ(peer.sink.asked, 0u);
}

TEST(Http2HostileTest, HeadsOverTheLimitsAreAnswered431AndTheConnectionGoesOn) {
  Http2Peer peer;
  FieldList many;
  for (int i = 0; i < 101; ++i) many.emplace_back(fmt::format("x-{}", i), "v");
  FieldList large;
  for (int i = 0; i < 4; ++i) large.emplace_back("x", std::string(20 << 10, 'v'));
  const int32_t first = peer.client.Request(Head("GET", "/", many));
  const int32_t second = peer.client.Request(Head("POST", "/", large), "body", {{"t", "v"}});
  many.pop_back();
  const int32_t third = peer.client.Request(Head("GET", "/", many));
  peer.Talk();
  EXPECT_EQ(peer.client.answer(first), ":status=431; end");
  EXPECT_EQ(peer.client.answer(second), ":status=431; end");
  EXPECT_EQ(peer.client.answer(third), kAccepted);
  EXPECT_EQ(peer.sink.refusals,
            (std::vector<Refusal>{Refusal::kHeadTooLarge, Refusal::kHeadTooLarge}));
  EXPECT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.sink.asked, 1u);
}

TEST(Http2HostileTest, TrailersOverTheLimitsGiveAnIncompleteRecord) {
  Http2Peer peer;
  const FieldList trailers(101, {"t", "v"});
  const int32_t id = peer.client.Request(Head("POST", "/"), "body", trailers);
  peer.Talk();
  EXPECT_EQ(peer.client.answer(id), fmt::format(" reset {}", int{NGHTTP2_ENHANCE_YOUR_CALM}));
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_FALSE(peer.sink.records[0].complete);
  EXPECT_FALSE(peer.session.WantsClose());
}

// A field of 4,000 bytes put into HPACK's table once, then named by one byte again and again.
TEST(Http2HostileTest, HpackBombsAreRefusedAndTakeNoMemory) {
  const std::string field = "\x40" + Literals({{"x", std::string(3990, 'v')}}).substr(1);
  for (const bool in_trailers : {false, true}) {
    Http2Peer peer;
    std::string bytes = Preface();
    const std::string head = Literals(Head("POST", "/"));
    std::string bomb = field + std::string(12'000, '\xbe');
    if (in_trailers) {
      bytes += Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, head);
    } else {
      bomb.insert(0, head);
    }
    bytes += Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 1, bomb);
    peer.session.OnBytes(bytes, peer.Now());
    // nghttp2 was told to stop: 12,000 times 4,000 bytes are not looked at.
    EXPECT_NE(
        peer.session.output().find(Frame(NGHTTP2_RST_STREAM, 0, 1, std::string("\0\0\0\xb", 4))),
        std::string::npos);
    peer.Read();
    EXPECT_EQ(peer.sink.refusals.size(), in_trailers ? 0u : 1u);
    ASSERT_EQ(peer.sink.records.size(), in_trailers ? 1u : 0u);
    if (in_trailers) {
      EXPECT_LE(peer.sink.records[0].trailers.byte_size(), size_t{60} << 10);
    }
    EXPECT_FALSE(peer.session.WantsClose());
    peer.Send(Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 3,
                    Literals(Head("GET", "/next"))));
    EXPECT_EQ(peer.sink.records.back().target, "/next");
  }
}

TEST(Http2HostileTest, ContinuationFloodCutsTheConnection) {
  Http2Peer peer;
  peer.client.Open(Head("POST", "/half"), "half");
  peer.Talk();
  peer.Send(Frame(NGHTTP2_HEADERS, 0, 3, Literals(Head("GET", "/"))));
  for (int i = 0; i < 100 && !peer.session.WantsClose(); ++i) {
    peer.Send(Frame(NGHTTP2_CONTINUATION, 0, 3, ""));
  }
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.client.goaway(), uint32_t{NGHTTP2_ENHANCE_YOUR_CALM});
  EXPECT_EQ(peer.sink.refusals, std::vector<Refusal>{Refusal::kHeadTooLarge});
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_FALSE(peer.sink.records[0].complete);
}

TEST(Http2HostileTest, HeadMayTakeNineFramesThatComeByteByByte) {
  Http2Peer peer;
  std::string bytes =
      Preface() + Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, Literals(Head("GET", "/")));
  for (int i = 0; i < 8; ++i) {
    bytes += Frame(NGHTTP2_CONTINUATION, i == 7 ? NGHTTP2_FLAG_END_HEADERS : 0, 1,
                   Literals({{"x", fmt::format("{}", i)}}));
  }
  for (const char& byte : bytes) peer.session.OnBytes({&byte, 1}, peer.Now());
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.sink.records[0].headers.size(), 8u);
}

TEST(Http2HostileTest, BrokenProtocolIsToldByGoawayAndEndsTheConnection) {
  const std::vector<std::string> broken = {
      Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 4, Literals(Head("GET", "/"))),
      Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 3, "\xff\xff\xff\xff\xff\xff"),
      Frame(NGHTTP2_DATA, 0, 99, "x"),
      Frame(NGHTTP2_RST_STREAM, 0, 99, std::string(4, '\0')),
      Frame(NGHTTP2_SETTINGS, 0, 0, "abc"),
      Frame(NGHTTP2_WINDOW_UPDATE, 0, 0, std::string(4, '\0')),
      Frame(NGHTTP2_DATA, 0, 1, std::string(20'000, 'x')),
      std::string(100, '\xff'),
  };
  for (const std::string& bytes : broken) {
    Http2Peer peer;
    peer.client.Open(Head("POST", "/half"), "half");
    peer.Talk();
    peer.Send(bytes);
    EXPECT_TRUE(peer.session.WantsClose());
    EXPECT_TRUE(peer.client.goaway().value_or(0) != 0);
    ASSERT_EQ(peer.sink.records.size(), 1u);
    EXPECT_FALSE(peer.sink.records[0].complete);
    EXPECT_LE(peer.sink.refusals.size(), 1u);
    peer.Send("more");
    EXPECT_EQ(peer.sink.records.size(), 1u);
  }
}

// More than the 1,000 that nghttp2 would allow by itself.
TEST(Http2HostileTest, BurstOfResetsIsRecordedAndDoesNotCutTheConnection) {
  Http2Peer peer;
  std::vector<int32_t> ids;
  ids.reserve(1500);
  for (int i = 0; i < 1500; ++i) ids.push_back(peer.client.Open(Head("POST", "/"), "half"));
  peer.Talk();
  std::string burst;
  for (const int32_t id : ids) {
    burst += Frame(NGHTTP2_RST_STREAM, 0, id, std::string("\0\0\0\x8", 4));
  }
  peer.Send(burst);
  EXPECT_FALSE(peer.session.WantsClose());
  ASSERT_EQ(peer.sink.records.size(), 1500u);
  for (const Record& record : peer.sink.records) {
    ASSERT_FALSE(record.complete);
    ASSERT_EQ(record.body, "half");
  }
  EXPECT_EQ(peer.resets.cuts(), 0u);
  EXPECT_EQ(peer.uploads.used(), 0u);
}

TEST(Http2HostileTest, OneResetOverTheLimitCutsTheConnectionWhateverItCameOver) {
  Http2Peer peer({}, {.burst = 1000, .rate = 0});
  for (int i = 0; i < 300; ++i) peer.resets.Allow("192.0.2.1", {});  // on its other connections
  std::vector<int32_t> ids;
  ids.reserve(702);
  for (int i = 0; i < 702; ++i) ids.push_back(peer.client.Open(Head("POST", "/"), "half"));
  peer.Talk();
  for (int i = 0; i < 700; ++i) peer.client.Reset(ids[i]);
  peer.Talk();
  EXPECT_FALSE(peer.session.WantsClose());
  EXPECT_EQ(peer.sink.records.size(), 700u);
  peer.client.Reset(ids[700]);
  peer.Talk();
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.client.goaway(), uint32_t{NGHTTP2_ENHANCE_YOUR_CALM});
  EXPECT_EQ(peer.sink.records.size(), 702u);
  EXPECT_EQ(peer.resets.cuts(), 1u);
  for (const Record& record : peer.sink.records) ASSERT_FALSE(record.complete);
}

TEST(Http2HostileTest, OutputIsBoundedWhateverThePeerSends) {
  const std::string ping = Frame(NGHTTP2_PING, 0, 0, std::string(8, 'p'));
  const std::string settings = Frame(NGHTTP2_SETTINGS, 0, 0, std::string("\0\4\0\1\0\0", 6));
  for (const std::string& frame : {ping, settings}) {
    Http2Peer peer;
    peer.Send(Preface());
    std::string batch;
    for (int i = 0; i < 900; ++i) batch += frame;
    for (int i = 0; i < 1000 && !peer.session.WantsClose(); ++i) {
      peer.session.OnBytes(batch, peer.Now());
      ASSERT_LE(peer.session.output().size(), (64u << 10) + batch.size());
    }
    EXPECT_TRUE(peer.session.WantsClose());
  }
}

TEST(Http2HostileTest, FloodOfPingsInOneReadCutsTheConnection) {
  Http2Peer peer;
  std::string batch = Preface();
  for (int i = 0; i < 4000; ++i) batch += Frame(NGHTTP2_PING, 0, 0, std::string(8, 'p'));
  peer.Send(batch);
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.client.goaway(), uint32_t{NGHTTP2_ENHANCE_YOUR_CALM});
}

TEST(Http2HostileTest, LimitsAreAnnounced) {
  Http2Peer peer;
  peer.Talk();
  EXPECT_EQ(peer.client.server_setting(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS), 2048u);
  EXPECT_EQ(peer.client.server_setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE), 1u << 20);
  EXPECT_GE(peer.client.server_setting(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE), 60u << 10);
}

TEST(Http2HostileTest, StreamsOverTheAnnouncedLimitAreRefusedAndCounted) {
  Http2Peer peer({.max_streams = 10});
  for (int i = 0; i < 15; ++i) peer.client.Open(Head("POST", "/"), "half");
  peer.Send(peer.client.Take());  // before the client has seen the limit
  EXPECT_EQ(peer.sink.asked, 10u);
  EXPECT_EQ(peer.sink.refusals, std::vector<Refusal>(5, Refusal::kBadRequest));
  EXPECT_FALSE(peer.session.WantsClose());
}

}  // namespace
}  // namespace shadowreel
