#include "recorder/server/protocol_session.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/fakes/fake_clock.h"
#include "tests/recorder/server/http2_client.h"
#include "tests/recorder/server/record_notes.h"

namespace shadowreel {
namespace {

using std::chrono::seconds;

constexpr std::string_view kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class Peer {
 public:
  Instant Now() const { return {clock.WallNow(), clock.SteadyNow()}; }
  void Send(std::string_view bytes) { session.OnBytes(bytes, Now()); }
  // Takes and returns what the session has to say.
  std::string Answers() {
    std::string answers(session.output());
    session.ConsumeOutput(answers.size());
    return answers;
  }
  void Wait(Nanos time) {
    clock.Advance(time);
    const auto deadline = session.deadline();
    if (deadline && Now().steady >= *deadline) session.OnDeadline(Now());
  }

  FakeClock clock;
  RecordNotes sink;
  Http1SessionOptions http1;
  Http2SessionOptions http2;
  UploadBudget uploads{1 << 20};
  ResetLimiter resets{{}};
  ProtocolSession session{{http1, http2, sink, uploads, resets}, 7, "192.0.2.1:4711", Now()};
};

TEST(ProtocolSessionTest, PrefaceTellsHttp2HoweverItIsCut) {
  Http2Client client;
  const int32_t id = client.Request(Head("GET", "/x"));
  const std::string bytes = client.Take();
  for (size_t cut = 0; cut < 40; ++cut) {
    Peer peer;
    peer.Send(bytes.substr(0, cut));
    peer.Send(bytes.substr(cut));
    ASSERT_EQ(peer.sink.records.size(), 1u) << cut;
    EXPECT_EQ(peer.sink.records[0].version, HttpVersion::kHttp2);
    EXPECT_EQ(peer.sink.records[0].stream, static_cast<uint32_t>(id));
    EXPECT_EQ(peer.sink.records[0].connection, 7u);
  }
  Peer single;
  for (const char& byte : bytes) single.Send({&byte, 1});
  EXPECT_EQ(single.sink.records.size(), 1u);
}

TEST(ProtocolSessionTest, EverythingElseIsHttp1HoweverItIsCut) {
  // Begin as the preface does, for longer and longer.
  const std::vector<std::string> others = {
      kGet, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
      "PRI /p HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/1.1\r\nHost: a\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX"};
  for (const std::string& bytes : others) {
    Peer whole;
    whole.Send(bytes);
    whole.session.OnEnd(whole.Now());
    EXPECT_EQ(whole.sink.records.size() + whole.sink.refusals.size(), 1u) << bytes;
    Peer single;
    for (const char& byte : bytes) single.Send({&byte, 1});
    single.session.OnEnd(single.Now());
    EXPECT_EQ(single.sink.text, whole.sink.text);
    EXPECT_EQ(single.Answers(), whole.Answers());
  }
}

TEST(ProtocolSessionTest, ArrivalIsTheTimeOfTheFirstByteThatWasHeldBack) {
  Peer peer;
  const WallTime start = peer.clock.WallNow();
  peer.clock.Advance(seconds(1));
  peer.Send("P");
  peer.clock.Advance(seconds(1));
  peer.Send("R");  // as PRI
  peer.clock.Advance(seconds(1));
  peer.Send("OPFIND / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  ASSERT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.sink.records[0].arrival, start + seconds(1));
  EXPECT_EQ(peer.sink.records[0].completed, start + seconds(3));
}

TEST(ProtocolSessionTest, UpgradeToH2cIsAnOrdinaryRequestAndTheConnectionGoesOn) {
  Peer peer;
  peer.Send(
      "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
      "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
  EXPECT_EQ(peer.Answers(), kAccepted);
  peer.Send(kGet);
  EXPECT_EQ(peer.Answers(), kAccepted);
  ASSERT_EQ(peer.sink.records.size(), 2u);
  EXPECT_EQ(peer.sink.records[0].version, HttpVersion::kHttp11);
  EXPECT_EQ(peer.sink.records[0].headers.Find("upgrade"), "h2c");
  EXPECT_FALSE(peer.session.WantsClose());
}

TEST(ProtocolSessionTest, SilentConnectionIsClosedWithoutAWord) {
  Peer peer;
  peer.Wait(seconds(74));
  EXPECT_FALSE(peer.session.WantsClose());
  peer.Wait(seconds(1));
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.Answers(), "");
  EXPECT_EQ(peer.sink.text, "");
}

TEST(ProtocolSessionTest, HalfAPrefaceIsAHeadThatDoesNotEnd) {
  for (const bool ends : {false, true}) {
    Peer peer;
    peer.Wait(seconds(3));
    peer.Send("PRI * HT");
    peer.Wait(seconds(4));
    EXPECT_FALSE(peer.session.WantsClose());
    if (ends) {
      peer.session.OnEnd(peer.Now());
    } else {
      peer.Wait(seconds(1));
      EXPECT_TRUE(peer.Answers().starts_with("HTTP/1.1 408"));
    }
    EXPECT_TRUE(peer.session.WantsClose());
    EXPECT_EQ(peer.sink.refusals, std::vector<Refusal>{Refusal::kHeadIncomplete});
  }
}

TEST(ProtocolSessionTest, EndWithoutAByteIsNoRequest) {
  Peer peer;
  peer.session.OnEnd(peer.Now());
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.sink.text, "");
}

}  // namespace
}  // namespace shadowreel
