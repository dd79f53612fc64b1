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
  ids.reserve(20);
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

}  // namespace
}  // namespace shadowreel
