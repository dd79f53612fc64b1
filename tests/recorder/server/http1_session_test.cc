#include "recorder/server/http1_session.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/recorder/server/http1_peer.h"

namespace shadowreel {
namespace {

using std::chrono::seconds;

constexpr std::string_view kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kAcceptedClose =
    "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string Closing(std::string_view status) {
  return fmt::format("HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", status);
}

// Gives the bytes whole, cut in two everywhere, and byte by byte, each to a new session that then
// ends; all must come to the same. Returns what was seen.
std::string Exchange(std::string_view bytes, Http1SessionOptions options = {}) {
  Http1Peer whole(options);
  whole.Send(bytes);
  whole.End();
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    Http1Peer split(options);
    split.Send(bytes.substr(0, cut));
    split.Send(bytes.substr(cut));
    split.End();
    EXPECT_EQ(split.Seen(), whole.Seen()) << "cut at " << cut;
    if (split.Seen() != whole.Seen()) break;
  }
  Http1Peer single(options);
  for (const char& byte : bytes) single.Send({&byte, 1});
  single.End();
  EXPECT_EQ(single.Seen(), whole.Seen()) << "byte by byte";
  return whole.Seen();
}

const std::string kGet = "GET /x HTTP/1.1\r\nHost: a-shadow:80\r\n\r\n";
const std::string kPost = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
const std::string kChunkedHead =
    "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kTimes = "at 1700000000000000000 to 1700000000000000000";

TEST(Http1SessionTest, RequestIsRecordedAndAnsweredAtOnce) {
  Http1Peer peer;
  peer.Send(kGet);
  ASSERT_EQ(peer.sink.records.size(), 1u);
  const Record& record = peer.sink.records[0];
  EXPECT_EQ(record.method, "GET");
  EXPECT_EQ(record.target, "/x");
  EXPECT_EQ(record.version, HttpVersion::kHttp11);
  EXPECT_EQ(record.authority, "a-shadow:80");
  EXPECT_EQ(record.stripped_authority, "a:80");
  EXPECT_EQ(record.headers.Find("host"), "a-shadow:80");
  EXPECT_EQ(record.connection, 7u);
  EXPECT_EQ(record.peer, "192.0.2.1:4711");
  EXPECT_EQ(record.framing, Framing::kNone);
  EXPECT_TRUE(record.complete);
  EXPECT_EQ(peer.answers, kAccepted);
  EXPECT_FALSE(peer.session.WantsClose());
}

TEST(Http1SessionTest, AuthorityOfAnAbsoluteTargetGoesBeforeHost) {
  Http1Peer peer;
  peer.Send("GET http://u:p@b-shadow/x HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.sink.records[0].authority, "b-shadow");
  EXPECT_EQ(peer.sink.records[0].stripped_authority, "b");
  EXPECT_EQ(peer.sink.records[0].headers.Find("host"), "a");
}

TEST(Http1SessionTest, PipelinedRequestsAreAnsweredInOrder) {
  const std::string seen =
      Exchange(kGet + kPost + "hello" + kChunkedHead + "3\r\nabc\r\n0\r\nT: 1\r\n\r\n" + kGet);
  EXPECT_EQ(seen, fmt::format("(GET /x v1 f0 Host=a-shadow:80; body=/0 from a-shadow:80 {0}) "
                              "(POST /p v1 f1 Host=a;Content-Length=5; body=hello/5 from a {0}) "
                              "(POST /c v1 f2 Host=a;Transfer-Encoding=chunked;trailer T=1; "
                              "body=abc/3 from a {0}) "
                              "(GET /x v1 f0 Host=a-shadow:80; body=/0 from a-shadow:80 {0}) "
                              "| {1}{1}{1}{1}[close]",
                              kTimes, kAccepted));
}

TEST(Http1SessionTest, ArrivalIsTheFirstByteAndCompletedTheLast) {
  Http1Peer peer;
  const WallTime start = peer.clock.WallNow();
  peer.Send("\r\n");  // belongs to no request
  peer.clock.Advance(seconds(1));
  peer.Send(kPost.substr(0, 1));
  peer.clock.Advance(seconds(1));
  peer.Send(kPost.substr(1) + "hel");
  peer.clock.Advance(seconds(1));
  peer.Send("lo" + kGet.substr(0, 3));
  peer.clock.Advance(seconds(1));
  peer.Send(kGet.substr(3));
  ASSERT_EQ(peer.sink.records.size(), 2u);
  EXPECT_EQ(peer.sink.records[0].arrival, start + seconds(1));
  EXPECT_EQ(peer.sink.records[0].completed, start + seconds(3));
  EXPECT_EQ(peer.sink.records[1].arrival, start + seconds(3));
  EXPECT_EQ(peer.sink.records[1].completed, start + seconds(4));
}

TEST(Http1SessionTest, Http10ClosesUnlessAskedToStay) {
  EXPECT_TRUE(Exchange("GET / HTTP/1.0\r\n\r\n" + kGet)
                  .ends_with(fmt::format("from  {}) | {}[close]", kTimes, kAcceptedClose)));
  Http1Peer peer;
  peer.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(peer.answers,
            "HTTP/1.1 202 Accepted\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
  EXPECT_FALSE(peer.session.WantsClose());
  EXPECT_EQ(peer.sink.records.at(0).version, HttpVersion::kHttp10);
}

TEST(Http1SessionTest, ConnectionCloseEndsTheConnection) {
  Http1Peer peer;
  peer.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + kGet);
  EXPECT_EQ(peer.answers, kAcceptedClose);
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.sink.records.size(), 1u);
}

TEST(Http1SessionTest, HeadIsAnsweredAsGet) {
  Http1Peer peer;
  peer.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(peer.answers, kAccepted);
}

TEST(Http1SessionTest, ContinueIsSaidAtTheHeadsEnd) {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  Http1Peer peer;
  peer.Send(head);
  EXPECT_EQ(peer.answers, kContinue);
  peer.Send("ab");
  EXPECT_EQ(peer.answers, fmt::format("{}{}", kContinue, kAccepted));
  EXPECT_NE(Exchange(head + "ab").find("| HTTP/1.1 100"), std::string::npos);
}

TEST(Http1SessionTest, OtherExpectationsAreIgnored) {
  Http1Peer peer;
  peer.Send("POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(peer.answers, kAccepted);
}

TEST(Http1SessionTest, BodyIsKeptUpToTheBoundAndCountedPastIt) {
  const Http1SessionOptions options{.max_body_bytes = 4};
  EXPECT_NE(Exchange(kPost + "hello" + kGet, options).find("body=hell/5 truncated from"),
            std::string::npos);
  EXPECT_NE(Exchange(kChunkedHead + "4\r\nabcd\r\n0\r\n\r\n", options).find("body=abcd/4 from"),
            std::string::npos);
}

TEST(Http1SessionTest, RequestThatOutgrowsTheUploadBudgetIsShedAndAnswered) {
  Http1Peer peer;
  UploadBudget& uploads = peer.uploads;
  const size_t others = (1 << 20) - ApproximateBytes(Record()) - 200;
  ASSERT_TRUE(uploads.Take(others));
  peer.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n" + std::string(50, 'x'));
  EXPECT_GT(uploads.used(), others);
  peer.Send(std::string(149, 'x'));
  EXPECT_EQ(uploads.used(), others);
  EXPECT_EQ(peer.sink.text, "shed ");
  EXPECT_EQ(peer.answers, "");
  peer.Send("x" + kGet + kPost);  // the head alone fits
  EXPECT_EQ(peer.answers, fmt::format("{0}{0}", kAccepted));
  EXPECT_EQ(peer.sink.records.size(), 1u);
  peer.End();
  EXPECT_EQ(peer.sink.records.size(), 2u);
  EXPECT_EQ(uploads.used(), others);
}

TEST(Http1SessionTest, RequestsNotAdmittedAreAnsweredAndForgotten) {
  Http1Peer peer({}, /*admitting=*/false);
  peer.Send(kPost + "hello" + kGet + kPost + "hel");
  peer.End();
  EXPECT_EQ(peer.sink.asked, 3u);
  EXPECT_EQ(peer.sink.text, "");
  EXPECT_EQ(peer.answers, fmt::format("{0}{0}", kAccepted));
}

TEST(Http1SessionTest, RefusalsAreCountedByReasonAndAnswered) {
  const auto refused = [](Refusal reason, std::string_view status) {
    return fmt::format("refused:{} | {}[close]", static_cast<int>(reason), Closing(status));
  };
  const std::string bad = refused(Refusal::kBadRequest, "400 Bad Request");
  EXPECT_EQ(Exchange("GET / HTTP/1.1\r\n\r\n"), bad);
  EXPECT_EQ(Exchange("GET / HTTP/1.1\r\nHost : a\r\n\r\n" + kGet), bad);
  EXPECT_EQ(Exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            bad);
  EXPECT_EQ(
      Exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
      bad);
  EXPECT_EQ(Exchange("\x16\x03\x01 garbage \xff\xfe"), bad);
  EXPECT_EQ(Exchange("QUERY / HTTP/1.1\r\nHost: a\r\n\r\n"),
            refused(Refusal::kUnknownMethod, "400 Bad Request"));
  const Http1SessionOptions small{.limits = {.max_head_bytes = 64}};
  EXPECT_EQ(Exchange("GET / HTTP/1.1\r\nX: " + std::string(100, 'x') + "\r\n\r\n", small),
            refused(Refusal::kHeadTooLarge, "431 Request Header Fields Too Large"));
}

TEST(Http1SessionTest, RequestsBeforeARefusalKeepTheirAnswers) {
  EXPECT_EQ(Exchange(kGet + "FOO / HTTP/1.1\r\n\r\n"),
            fmt::format("(GET /x v1 f0 Host=a-shadow:80; body=/0 from a-shadow:80 {}) refused:2 | "
                        "{}{}[close]",
                        kTimes, kAccepted, Closing("400 Bad Request")));
}

TEST(Http1SessionTest, HundredKibibyteHeaderAndEndlessHeadAreRefused) {
  Http1Peer peer;
  peer.Send("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100 << 10, 'x') + "\r\n\r\n");
  EXPECT_EQ(peer.sink.refusals, std::vector<Refusal>{Refusal::kHeadTooLarge});
  Http1Peer endless;
  endless.Send("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 100'000 && !endless.session.WantsClose(); ++i) endless.Send("X: y\r\n");
  EXPECT_EQ(endless.sink.refusals, std::vector<Refusal>{Refusal::kHeadTooLarge});
  EXPECT_TRUE(endless.session.WantsClose());
}

TEST(Http1SessionTest, EndInTheBodyGivesAnIncompleteRecord) {
  EXPECT_EQ(Exchange(kPost + "hel"),
            fmt::format("(POST /p v1 f1 Host=a;Content-Length=5; body=hel/3 incomplete from a {}) "
                        "| [close]",
                        kTimes));
}

TEST(Http1SessionTest, EndInTheHeadIsARefusal) {
  EXPECT_EQ(Exchange(kGet.substr(0, 20)), "refused:3 | [close]");
  EXPECT_EQ(Exchange("G"), "refused:3 | [close]");
}

TEST(Http1SessionTest, EndBetweenRequestsIsNoRequest) {
  EXPECT_EQ(Exchange(""), "| [close]");
  EXPECT_EQ(Exchange("\r\n\r"), "| [close]");
}

TEST(Http1SessionTest, ErrorInTheBodyOffersWhatCameAndCloses) {
  EXPECT_EQ(Exchange(kChunkedHead + "3\r\nabc\r\nzz\r\n" + kGet),
            fmt::format("(POST /c v1 f2 Host=a;Transfer-Encoding=chunked; body=abc/3 incomplete "
                        "from a {}) | {}[close]",
                        kTimes, Closing("400 Bad Request")));
}

TEST(Http1SessionTest, SlowHeadIsTimedOut) {
  Http1Peer peer;
  peer.Send("G");
  for (int i = 0; i < 4; ++i) {
    peer.Wait(seconds(1));
    peer.Send("E");  // more bytes do not extend it
  }
  EXPECT_FALSE(peer.session.WantsClose());
  peer.Wait(seconds(1));
  EXPECT_EQ(peer.sink.refusals, std::vector<Refusal>{Refusal::kHeadIncomplete});
  EXPECT_EQ(peer.answers, Closing("408 Request Timeout"));
  EXPECT_TRUE(peer.session.WantsClose());
}

TEST(Http1SessionTest, StalledAndDribbledBodiesAreTimedOut) {
  for (const bool dribble : {false, true}) {
    Http1Peer peer;
    peer.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n");
    peer.Wait(seconds(9));
    if (dribble) peer.Send("x");
    EXPECT_FALSE(peer.session.WantsClose());
    peer.Wait(seconds(1));
    ASSERT_EQ(peer.sink.records.size(), 1u);
    EXPECT_FALSE(peer.sink.records[0].complete);
    EXPECT_EQ(peer.answers, Closing("408 Request Timeout"));
  }
}

TEST(Http1SessionTest, BodyThatKeepsComingIsWaitedFor) {
  Http1Peer peer;
  peer.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10240\r\n\r\n");
  for (int i = 0; i < 10; ++i) {
    peer.Wait(seconds(9));
    peer.Send(std::string(1024, 'x'));
    peer.Wait(seconds(1));
  }
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_TRUE(peer.sink.records[0].complete);
  EXPECT_EQ(peer.answers, kAccepted);
}

TEST(Http1SessionTest, IdleConnectionIsClosedWithoutAWord) {
  Http1Peer peer;
  peer.Wait(seconds(74));
  peer.Send(kGet);
  peer.Wait(seconds(74));
  EXPECT_FALSE(peer.session.WantsClose());
  peer.Wait(seconds(1));
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.answers, kAccepted);
  EXPECT_TRUE(peer.sink.refusals.empty());
}

TEST(Http1SessionTest, PeerThatDoesNotReadIsClosedAtTheDeadline) {
  Http1Peer peer;
  peer.session.OnBytes(kGet, peer.Now());
  peer.clock.Advance(seconds(9));
  peer.session.OnBytes(kGet + kPost + "he", peer.Now());
  EXPECT_EQ(*peer.session.deadline(), peer.Now().steady + seconds(1));
  peer.clock.Advance(seconds(1));
  peer.session.OnDeadline(peer.Now());
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_TRUE(peer.session.output().empty());
  ASSERT_EQ(peer.sink.records.size(), 3u);
  EXPECT_FALSE(peer.sink.records[2].complete);
}

TEST(Http1SessionTest, OutputIsBoundedWhateverTheCallerDoes) {
  const Http1SessionOptions options{.max_output_bytes = 100};
  Http1Peer peer(options);
  int calls = 0;
  for (; calls < 100 && !peer.session.WantsClose(); ++calls) {
    peer.session.OnBytes(kGet, peer.Now());
    ASSERT_LE(peer.session.output().size(), 100 + kAccepted.size());
  }
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(peer.sink.records.size(), 3u);
}

TEST(Http1SessionTest, OutputMayBeTakenInPieces) {
  Http1Peer peer;
  peer.session.OnBytes(kGet, peer.Now());
  std::string taken;
  while (!peer.session.output().empty()) {
    taken += peer.session.output().substr(0, 3);
    peer.session.ConsumeOutput(std::min<size_t>(3, peer.session.output().size()));
  }
  EXPECT_EQ(taken, kAccepted);
}

// Whatever comes: the same for every cut, and every request ends in exactly one way.
TEST(Http1SessionTest, MutatedBytesComeToTheSameHoweverCut) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  const auto below = [&](size_t bound) { return static_cast<size_t>(random() % bound); };
  const std::string base =
      kGet + kPost + "hello" + kChunkedHead + "3;e\r\nabc\r\n0\r\nT: 1\r\n\r\n" + kGet;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = base.substr(0, base.size() - below(40));
    for (size_t changes = below(3); changes > 0; --changes) {
      bytes[below(bytes.size())] =
          static_cast<char>(below(4) == 0 ? below(256) : "\r\n: 0"[below(5)]);
    }
    Http1Peer whole;
    whole.Send(bytes);
    whole.End();
    Http1Peer cut;
    for (std::string_view rest = bytes; !rest.empty();) {
      const size_t size = std::min(rest.size(), 1 + below(30));
      cut.Send(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    cut.End();
    ASSERT_EQ(cut.Seen(), whole.Seen()) << bytes;
    ASSERT_EQ(whole.sink.asked, whole.sink.records.size()) << bytes;
    ASSERT_LE(whole.sink.refusals.size(), 1u) << bytes;
    ASSERT_TRUE(whole.session.WantsClose());
  }
}

}  // namespace
}  // namespace shadowreel
