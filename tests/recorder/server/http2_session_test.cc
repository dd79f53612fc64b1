#include "recorder/server/http2_session.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/recorder/server/http2_peer.h"

namespace shadowreel {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kAccepted = ":status=202; end";

// The fields of a record as a list.
FieldList ListOf(const Fields& fields) {
  FieldList list;
  for (const FieldView field : fields) list.emplace_back(field.name, field.value);
  return list;
}

TEST(Http2SessionTest, RequestIsRecordedAndAnsweredAtOnce) {
  Http2Peer peer;
  const int32_t id = peer.client.Request(Head("GET", "/x?y", {{"user-agent", "u"}}));
  peer.Talk();
  ASSERT_EQ(peer.sink.records.size(), 1u);
  const Record& record = peer.sink.records[0];
  EXPECT_EQ(record.method, "GET");
  EXPECT_EQ(record.target, "/x?y");
  EXPECT_EQ(record.version, HttpVersion::kHttp2);
  EXPECT_EQ(record.authority, "a-shadow:80");
  EXPECT_EQ(record.stripped_authority, "a:80");
  EXPECT_EQ(ListOf(record.headers), (FieldList{{"user-agent", "u"}}));
  EXPECT_EQ(record.framing, Framing::kNone);
  EXPECT_EQ(record.stream, static_cast<uint32_t>(id));
  EXPECT_EQ(record.connection, 7u);
  EXPECT_EQ(record.peer, "192.0.2.1:4711");
  EXPECT_TRUE(record.complete);
  EXPECT_EQ(peer.client.answer(id), kAccepted);
  EXPECT_FALSE(peer.session.WantsClose());
}

TEST(Http2SessionTest, FieldsKeepOrderDuplicatesEmptinessBinaryValuesAndCrumbs) {
  const FieldList fields = {{"x-b", "1"}, {"cookie", "a=b"}, {"x-empty", ""},
                            {"x-b", "2"}, {"cookie", "c=d"}, {"x-a", "\xff\xfe\x80"},
                            {"x-b", "1"}, {"te", "trailers"}};
  Http2Peer peer;
  peer.client.Request(Head("GET", "/", fields));
  peer.Talk();
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(ListOf(peer.sink.records[0].headers), fields);
}

TEST(Http2SessionTest, HostIsAFieldAndTheAuthorityWhereThereIsNoOther) {
  Http2Peer peer;
  peer.client.Request(
      {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {"host", "h-shadow"}});
  peer.client.Request(Head("GET", "/", {{"host", "other"}}));
  peer.Talk();
  ASSERT_EQ(peer.sink.records.size(), 2u);
  EXPECT_EQ(peer.sink.records[0].authority, "h-shadow");
  EXPECT_EQ(peer.sink.records[0].stripped_authority, "h");
  EXPECT_EQ(ListOf(peer.sink.records[0].headers), (FieldList{{"host", "h-shadow"}}));
  EXPECT_EQ(peer.sink.records[1].authority, "a-shadow:80");
  EXPECT_EQ(ListOf(peer.sink.records[1].headers), (FieldList{{"host", "other"}}));
}

TEST(Http2SessionTest, TargetsAreKeptByteByByte) {
  const std::vector<std::string> targets = {"/--%00//a?b?c", "/\xff\xfe\x80",
                                            "/" + std::string(8 << 10, 'p')};
  Http2Peer peer;
  for (const std::string& target : targets) peer.client.Request(Head("GET", target));
  peer.client.Request(Head("OPTIONS", "*"));
  peer.Talk();
  ASSERT_EQ(peer.sink.records.size(), 4u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(peer.sink.records[i].target, targets[i]);
  EXPECT_EQ(peer.sink.records[3].target, "*");
}

TEST(Http2SessionTest, InterleavedStreamsAreToldApart) {
  Http2Peer peer;
  std::vector<int32_t> ids;
  std::vector<std::string> bodies(20);
  for (int i = 0; i < 20; ++i) ids.push_back(peer.client.Open(Head("POST", fmt::format("/{}", i))));
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) {
      const std::string bytes = fmt::format("[{} {}]", i, round);
      bodies[i] += bytes;
      peer.client.Write(ids[i], bytes, round == 4);
    }
    peer.Talk();
  }
  ASSERT_EQ(peer.sink.records.size(), 20u);
  for (const Record& record : peer.sink.records) {
    EXPECT_EQ(record.body, bodies.at(std::stoi(record.target.substr(1))));
    EXPECT_EQ(record.stream, static_cast<uint32_t>(ids.at(std::stoi(record.target.substr(1)))));
  }
  for (const int32_t id : ids) EXPECT_EQ(peer.client.answer(id), kAccepted);
}

TEST(Http2SessionTest, ArrivalIsTheHeadsBeginningAndCompletedTheLastByte) {
  Http2Peer peer;
  peer.client.Request(Head("POST", "/"), "body", {{"t", "v"}});
  const std::string bytes = peer.client.Take();
  const std::string begin = Preface();
  const WallTime start = peer.clock.WallNow();
  peer.Send(bytes.substr(0, begin.size()));
  peer.clock.Advance(seconds(1));
  peer.Send(bytes.substr(begin.size(), 20));  // HEADERS begins
  peer.clock.Advance(seconds(1));
  peer.Send(bytes.substr(begin.size() + 20, bytes.size() - begin.size() - 21));
  peer.clock.Advance(seconds(1));
  peer.Send(bytes.substr(bytes.size() - 1));
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.sink.records[0].arrival, start + seconds(1));
  EXPECT_EQ(peer.sink.records[0].completed, start + seconds(3));
}

TEST(Http2SessionTest, TrailersAndContentLengthAreRecorded) {
  Http2Peer peer;
  peer.client.Request(Head("POST", "/", {{"content-length", "4"}}), "body",
                      {{"t", "1"}, {"t", "\xff"}, {"u", ""}});
  peer.Talk();
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.sink.records[0].framing, Framing::kContentLength);
  EXPECT_EQ(ListOf(peer.sink.records[0].trailers),
            (FieldList{{"t", "1"}, {"t", "\xff"}, {"u", ""}}));
}

TEST(Http2SessionTest, BodyIsKeptUpToTheBoundAndCountedPastIt) {
  Http2Peer peer({.max_body_bytes = 4});
  peer.client.Request(Head("POST", "/"), "hello");
  peer.client.Request(Head("POST", "/"), "hell");
  peer.Talk();
  ASSERT_EQ(peer.sink.records.size(), 2u);
  EXPECT_EQ(peer.sink.records[0].body, "hell");
  EXPECT_EQ(peer.sink.records[0].wire_body_bytes, 5u);
  EXPECT_TRUE(peer.sink.records[0].truncated);
  EXPECT_FALSE(peer.sink.records[1].truncated);
}

TEST(Http2SessionTest, BodiesWiderThanTheWindowsComeThrough) {
  Http2Peer peer({.stream_window = 70'000, .connection_window = 80'000});
  for (int i = 0; i < 5; ++i) {
    peer.client.Request(Head("POST", "/"), std::string((1 << 20) + 5, static_cast<char>('a' + i)));
  }
  peer.Talk();
  ASSERT_EQ(peer.sink.records.size(), 5u);
  for (const Record& record : peer.sink.records) {
    EXPECT_EQ(record.wire_body_bytes, (1u << 20) + 5);
    EXPECT_EQ(record.body.size(), 1u << 20);
    EXPECT_EQ(record.body.find_first_not_of(record.body[0]), std::string::npos);
  }
}

TEST(Http2SessionTest, WindowAlsoComesBackForBodiesThatAreNotKept) {
  Http2Peer peer({.stream_window = 70'000, .connection_window = 80'000});
  peer.sink.admitting = false;
  for (int i = 0; i < 3; ++i) peer.client.Request(Head("POST", "/"), std::string(300'000, 'x'));
  peer.Talk();
  EXPECT_EQ(peer.sink.asked, 3u);
  EXPECT_EQ(peer.sink.text, "");
  for (const auto& [id, answer] : peer.client.answers()) EXPECT_EQ(answer, kAccepted);
  EXPECT_EQ(peer.client.answers().size(), 3u);
}

TEST(Http2SessionTest, GrpcIsAnsweredAsTrailersOnly) {
  constexpr std::string_view kGrpc = ":status=200;content-type=application/grpc;grpc-status=0; end";
  const std::string message("\0\0\0\0\5hello", 10);
  Http2Peer peer;
  for (const char* type : {"application/grpc", "application/grpc+proto"}) {
    const int32_t id = peer.client.Request(
        Head("POST", "/pkg.Service/Call", {{"content-type", type}, {"te", "trailers"}}), message);
    peer.Talk();
    EXPECT_EQ(peer.client.answer(id), kGrpc);
  }
  const int32_t web = peer.client.Request(
      Head("POST", "/pkg.Service/Call", {{"content-type", "application/grpc-web"}}), message);
  peer.sink.admitting = false;
  const int32_t dropped = peer.client.Request(
      Head("POST", "/pkg.Service/Call", {{"content-type", "application/grpc"}}), message);
  peer.Talk();
  EXPECT_EQ(peer.client.answer(web), kAccepted);
  EXPECT_EQ(peer.client.answer(dropped), kGrpc);
  EXPECT_EQ(peer.sink.records.at(0).body, message);
}

TEST(Http2SessionTest, ContinueIsSaidWhenABodyIsToCome) {
  Http2Peer peer;
  const int32_t id = peer.client.Open(Head("POST", "/", {{"expect", "100-continue"}}));
  peer.client.Request(Head("GET", "/", {{"expect", "100-continue"}}));
  peer.Talk();
  EXPECT_EQ(peer.client.answer(id), ":status=100;");
  EXPECT_EQ(peer.client.answer(id + 2), kAccepted);
  peer.client.Write(id, "x", true);
  peer.Talk();
  EXPECT_EQ(peer.client.answer(id), fmt::format(":status=100;{}", kAccepted));
}

TEST(Http2SessionTest, ResetsAfterTheHeadGiveIncompleteRecords) {
  Http2Peer peer;
  const int32_t no_body = peer.client.Open(Head("POST", "/none"));
  const int32_t half = peer.client.Open(Head("POST", "/half"), "half");
  const int32_t whole = peer.client.Request(Head("POST", "/whole"), "whole");
  peer.Talk();
  for (const int32_t id : {no_body, half, whole}) {
    peer.Send(Frame(NGHTTP2_RST_STREAM, 0, id, std::string("\0\0\0\x8", 4)));
  }
  ASSERT_EQ(peer.sink.records.size(), 3u);
  EXPECT_TRUE(peer.sink.records[0].complete);
  EXPECT_EQ(peer.sink.records[1].target, "/none");
  EXPECT_FALSE(peer.sink.records[1].complete);
  EXPECT_EQ(peer.sink.records[2].body, "half");
  EXPECT_FALSE(peer.sink.records[2].complete);
  EXPECT_FALSE(peer.session.WantsClose());
}

TEST(Http2SessionTest, LengthThatIsNotThePromisedOneGivesAnIncompleteRecord) {
  Http2Peer peer;
  const int32_t less = peer.client.Request(Head("POST", "/", {{"content-length", "9"}}), "less");
  const int32_t more = peer.client.Request(Head("POST", "/", {{"content-length", "2"}}), "more");
  peer.client.Request(Head("GET", "/fine"));
  peer.Talk();
  EXPECT_EQ(peer.client.answer(less), " reset 1");
  EXPECT_EQ(peer.client.answer(more), " reset 1");
  ASSERT_EQ(peer.sink.records.size(), 3u);
  int incomplete = 0;
  for (const Record& record : peer.sink.records) incomplete += record.complete ? 0 : 1;
  EXPECT_EQ(incomplete, 2);
  EXPECT_FALSE(peer.session.WantsClose());
}

TEST(Http2SessionTest, EndOfTheConnectionEndsEveryStreamInItsWay) {
  Http2Peer peer;
  peer.client.Open(Head("POST", "/half"), "half");
  peer.client.Request(Head("GET", "/whole"));
  peer.Talk();
  peer.Send(Frame(NGHTTP2_HEADERS, 0, 5, Literals(Head("GET", "/cut"))));  // no END_HEADERS
  peer.End();
  ASSERT_EQ(peer.sink.records.size(), 2u);
  EXPECT_EQ(peer.sink.records[1].body, "half");
  EXPECT_FALSE(peer.sink.records[1].complete);
  EXPECT_EQ(peer.sink.refusals, std::vector<Refusal>{Refusal::kHeadIncomplete});
  EXPECT_EQ(peer.sink.asked, 2u);
  EXPECT_EQ(peer.client.goaway(), uint32_t{NGHTTP2_NO_ERROR});
}

TEST(Http2SessionTest, GoawayOfThePeerLetsItsStreamsEnd) {
  Http2Peer peer;
  const int32_t id = peer.client.Open(Head("POST", "/"), "half");
  peer.client.Goaway();
  peer.Talk();
  EXPECT_FALSE(peer.session.WantsClose());
  peer.client.Write(id, "half", true);
  peer.Talk();
  EXPECT_EQ(peer.client.answer(id), kAccepted);
  EXPECT_TRUE(peer.sink.records.at(0).complete);
  EXPECT_TRUE(peer.session.WantsClose());
}

TEST(Http2SessionTest, InvalidFieldsRefuseTheRequestAndNoFieldIsLostSilently) {
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

TEST(Http2SessionTest, InvalidTrailersGiveAnIncompleteRecord) {
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

TEST(Http2SessionTest, ConnectIsRefused) {
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

TEST(Http2SessionTest, HeadsOverTheLimitsAreAnswered431AndTheConnectionGoesOn) {
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

TEST(Http2SessionTest, TrailersOverTheLimitsGiveAnIncompleteRecord) {
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
TEST(Http2SessionTest, HpackBombsAreRefusedAndTakeNoMemory) {
  const std::string field = "\x40" + Literals({{"x", std::string(3990, 'v')}}).substr(1);
  for (const bool in_trailers : {false, true}) {
    Http2Peer peer;
    std::string bytes = Preface();
    const std::string head = Literals(Head("POST", "/"));
    std::string bomb = field + std::string(12'000, '\xbe');
    if (in_trailers) {
      bytes += Frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, head);
    } else {
      bomb = head + bomb;
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

TEST(Http2SessionTest, ContinuationFloodCutsTheConnection) {
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

TEST(Http2SessionTest, HeadMayTakeNineFramesThatComeByteByByte) {
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

TEST(Http2SessionTest, BrokenProtocolIsToldByGoawayAndEndsTheConnection) {
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

TEST(Http2SessionTest, RequestsNotAdmittedAreAnsweredAndForgotten) {
  Http2Peer peer;
  peer.sink.admitting = false;
  const int32_t id = peer.client.Request(Head("POST", "/"), "body", {{"t", "v"}});
  const int32_t cut = peer.client.Open(Head("POST", "/"), "half");
  peer.Talk();
  peer.client.Reset(cut);
  peer.Talk();
  EXPECT_EQ(peer.sink.asked, 2u);
  EXPECT_EQ(peer.sink.text, "");
  EXPECT_EQ(peer.client.answer(id), kAccepted);
}

// More than the 1,000 that nghttp2 would allow by itself.
TEST(Http2SessionTest, BurstOfResetsIsRecordedAndDoesNotCutTheConnection) {
  Http2Peer peer;
  std::vector<int32_t> ids;
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

TEST(Http2SessionTest, OneResetOverTheLimitCutsTheConnectionWhateverItCameOver) {
  Http2Peer peer({}, {.burst = 1000, .rate = 0});
  for (int i = 0; i < 300; ++i) peer.resets.Allow("192.0.2.1", {});  // on its other connections
  std::vector<int32_t> ids;
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

TEST(Http2SessionTest, RequestThatOutgrowsTheUploadBudgetIsShedAndAnswered) {
  Http2Peer peer;
  const int32_t large = peer.client.Open(Head("POST", "/large"), std::string(1000, 'x'));
  peer.Talk();
  const size_t held = peer.uploads.used();
  EXPECT_GE(held, 900u);
  const size_t others = (64 << 20) - held - ApproximateBytes(Record()) - 500;
  ASSERT_TRUE(peer.uploads.Take(others));
  peer.client.Write(large, std::string(2000, 'x'), false);
  const int32_t small = peer.client.Request(Head("POST", "/small"), std::string(300, 'x'));
  peer.Talk();
  EXPECT_EQ(peer.sink.sheds, 1u);
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.sink.records[0].target, "/small");
  EXPECT_EQ(peer.client.answer(small), kAccepted);
  EXPECT_EQ(peer.uploads.used(), others);
  peer.client.Write(large, "end", true);
  peer.Talk();
  EXPECT_EQ(peer.client.answer(large), kAccepted);
  EXPECT_EQ(peer.sink.records.size() + peer.sink.sheds, peer.sink.asked);
}

TEST(Http2SessionTest, HeadsThatWaitForTheirBodiesTakeOfTheBudgetAndOthersDoNot) {
  Http2Peer peer;
  ASSERT_TRUE(peer.uploads.Take(64 << 20));
  peer.client.Request(Head("GET", "/"));
  peer.client.Open(Head("POST", "/"));
  peer.Talk();
  EXPECT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.sink.sheds, 1u);
}

TEST(Http2SessionTest, IdleConnectionIsSentAway) {
  Http2Peer peer;
  peer.client.Request(Head("GET", "/"));
  peer.Talk();
  peer.Wait(seconds(74));
  EXPECT_FALSE(peer.session.WantsClose());
  peer.Wait(seconds(1));
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.client.goaway(), uint32_t{NGHTTP2_NO_ERROR});
}

TEST(Http2SessionTest, SettingsMustComeInTime) {
  Http2Peer peer;
  peer.Send(Preface().substr(0, 24));
  peer.Wait(seconds(5));
  EXPECT_TRUE(peer.session.WantsClose());
}

TEST(Http2SessionTest, HalfReceivedHeadIsTimedOut) {
  Http2Peer peer;
  peer.client.Open(Head("POST", "/half"), "half");
  peer.Talk();
  peer.Send(Frame(NGHTTP2_HEADERS, 0, 3, Literals(Head("GET", "/"))));
  peer.Wait(seconds(4));
  peer.Send(Frame(NGHTTP2_CONTINUATION, 0, 3, Literals({{"x", "y"}})));  // does not extend it
  EXPECT_FALSE(peer.session.WantsClose());
  peer.Wait(seconds(1));
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_TRUE(peer.client.goaway().has_value());
  EXPECT_EQ(peer.sink.refusals, std::vector<Refusal>{Refusal::kHeadIncomplete});
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_FALSE(peer.sink.records[0].complete);
}

TEST(Http2SessionTest, StreamWithoutAFrameForFiveMinutesIsResetAndOthersAreNot) {
  Http2Peer peer;
  const int32_t quiet = peer.client.Open(Head("POST", "/quiet"), "half");
  const int32_t busy = peer.client.Open(Head("POST", "/busy"), "half");
  peer.Talk();
  peer.Wait(minutes(4));
  peer.client.Write(busy, "more");
  peer.Talk();
  EXPECT_TRUE(peer.sink.records.empty());
  peer.Wait(minutes(1));
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.sink.records[0].target, "/quiet");
  EXPECT_FALSE(peer.sink.records[0].complete);
  EXPECT_EQ(peer.client.answer(quiet), fmt::format(" reset {}", int{NGHTTP2_CANCEL}));
  peer.client.Write(busy, "end", true);
  peer.Talk();
  EXPECT_EQ(peer.client.answer(busy), kAccepted);
  EXPECT_FALSE(peer.session.WantsClose());
}

TEST(Http2SessionTest, PeerThatDoesNotReadIsClosedAtTheDeadline) {
  Http2Peer peer;
  peer.client.Request(Head("GET", "/"));
  peer.client.Open(Head("POST", "/"), "half");
  peer.session.OnBytes(peer.client.Take(), peer.Now());
  EXPECT_EQ(*peer.session.deadline(), peer.Now().steady + seconds(10));
  peer.clock.Advance(seconds(10));
  peer.session.OnDeadline(peer.Now());
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_TRUE(peer.session.output().empty());
  ASSERT_EQ(peer.sink.records.size(), 2u);
  EXPECT_FALSE(peer.sink.records[1].complete);
}

TEST(Http2SessionTest, OutputIsBoundedWhateverThePeerSends) {
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

TEST(Http2SessionTest, FloodOfPingsInOneReadCutsTheConnection) {
  Http2Peer peer;
  std::string batch = Preface();
  for (int i = 0; i < 4000; ++i) batch += Frame(NGHTTP2_PING, 0, 0, std::string(8, 'p'));
  peer.Send(batch);
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.client.goaway(), uint32_t{NGHTTP2_ENHANCE_YOUR_CALM});
}

TEST(Http2SessionTest, LimitsAreAnnounced) {
  Http2Peer peer;
  peer.Talk();
  EXPECT_EQ(peer.client.server_setting(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS), 2048u);
  EXPECT_EQ(peer.client.server_setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE), 1u << 20);
  EXPECT_GE(peer.client.server_setting(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE), 60u << 10);
}

TEST(Http2SessionTest, StreamsOverTheAnnouncedLimitAreRefusedAndCounted) {
  Http2Peer peer({.max_streams = 10});
  for (int i = 0; i < 15; ++i) peer.client.Open(Head("POST", "/"), "half");
  peer.Send(peer.client.Take());  // before the client has seen the limit
  EXPECT_EQ(peer.sink.asked, 10u);
  EXPECT_EQ(peer.sink.refusals, std::vector<Refusal>(5, Refusal::kBadRequest));
  EXPECT_FALSE(peer.session.WantsClose());
}

}  // namespace
}  // namespace shadowreel
