#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/recorder/server/http1_peer.h"

namespace shadowreel {
namespace {

using std::chrono::seconds;

constexpr std::string_view kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string kGet = "GET /x HTTP/1.1\r\nHost: a-shadow:80\r\n\r\n";
const std::string kPost = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";

std::string Closing(std::string_view status) {
  return fmt::format("HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", status);
}

constexpr std::string_view kDurable = "HTTP/1.1 204 No Content\r\n\r\n";

// A peer of a session whose answers wait for the disk.
class WaitingPeer : public Http1Peer {
 public:
  explicit WaitingPeer(const Http1SessionOptions& options = {}) : Http1Peer(options) {
    sink.durable = true;
  }
};

using Outcomes = std::vector<TicketOutcome>;

TEST(Http1WaitingTest, AnAwaitedAnswerComesOnceItsRecordIsDurable) {
  WaitingPeer peer;
  peer.Send(kGet);
  EXPECT_EQ(peer.sink.records.size(), 1u);
  EXPECT_EQ(peer.session.awaited(), 1u);
  peer.Durable(0);
  EXPECT_EQ(peer.answers, "");
  peer.Durable(1);
  EXPECT_EQ(peer.answers, kDurable);
  EXPECT_EQ(peer.session.awaited(), 0u);
  EXPECT_EQ(peer.sink.outcomes, Outcomes{TicketOutcome::kDurable});
}

TEST(Http1WaitingTest, AnAwaitedAnswerIsA202AtItsDeadline) {
  WaitingPeer peer({.ack_deadline = seconds(2)});
  peer.Send(kGet);
  peer.Wait(seconds(2) - Nanos(1));
  EXPECT_EQ(peer.answers, "");
  peer.Wait(Nanos(1));
  EXPECT_EQ(peer.answers, kAccepted);
  EXPECT_EQ(peer.sink.outcomes, Outcomes{TicketOutcome::kLate});
  peer.Durable(1);  // too late: it changes nothing
  EXPECT_EQ(peer.answers, kAccepted);
  EXPECT_EQ(peer.sink.outcomes.size(), 1u);
}

TEST(Http1WaitingTest, AShedRequestIsA202AsSoonAsThatIsKnown) {
  WaitingPeer peer;
  peer.Send(kGet);
  peer.Shed(1);
  EXPECT_EQ(peer.answers, kAccepted);
  EXPECT_EQ(peer.sink.outcomes, Outcomes{TicketOutcome::kShed});
}

TEST(Http1WaitingTest, AwaitedAnswersStayInOrder) {
  WaitingPeer peer;
  peer.Send(kGet + kGet + kGet);
  peer.sink.admitting = false;
  peer.Send(kGet);  // sampled out: a 202 at once, but for those before it
  peer.sink.admitting = true;
  peer.Send(kGet);
  peer.Shed(2);
  EXPECT_EQ(peer.answers, "");
  peer.Durable(1);
  EXPECT_EQ(peer.answers, fmt::format("{}{}", kDurable, kAccepted));
  peer.Durable(3);
  EXPECT_EQ(peer.answers, fmt::format("{0}{1}{0}{1}", kDurable, kAccepted));
  peer.Durable(4);
  EXPECT_EQ(peer.answers, fmt::format("{0}{1}{0}{1}{0}", kDurable, kAccepted));
}

TEST(Http1WaitingTest, AnAwaitedAnswerSaysWhetherTheConnectionGoesOn) {
  WaitingPeer closing;
  closing.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(closing.session.WantsClose());
  EXPECT_EQ(closing.session.awaited(), 1u);
  closing.Durable(1);
  EXPECT_EQ(closing.answers, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");

  WaitingPeer old;
  old.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  old.Durable(1);
  EXPECT_EQ(old.answers, "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_FALSE(old.session.WantsClose());
}

TEST(Http1WaitingTest, RequestsThatEndWithoutARecordDoNotWait) {
  WaitingPeer peer;
  peer.sink.admitting = false;
  peer.Send(kGet);
  EXPECT_EQ(peer.answers, kAccepted);
  WaitingPeer cut;
  cut.Send(kPost + "he");
  cut.End();
  EXPECT_FALSE(cut.sink.records.at(0).complete);
  EXPECT_EQ(cut.session.awaited(), 0u);
}

TEST(Http1WaitingTest, ContinueIsSaidAtOnceOrAfterTheAnswersBeforeIt) {
  const std::string expecting =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
  WaitingPeer peer;
  peer.Send(expecting);
  EXPECT_EQ(peer.answers, kContinue);
  peer.Send("b" + expecting);
  EXPECT_EQ(peer.answers, kContinue);
  peer.Durable(1);
  EXPECT_EQ(peer.answers, fmt::format("{0}{1}{0}", kContinue, kDurable));
}

TEST(Http1WaitingTest, ARefusalComesAfterTheAwaitedAnswers) {
  WaitingPeer peer;
  peer.Send(kGet + "BROKEN\r\n\r\n");
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.answers, "");
  peer.Durable(1);
  EXPECT_EQ(peer.answers, std::string(kDurable) + Closing("400 Bad Request"));
}

TEST(Http1WaitingTest, AnswersAreAwaitedAfterThePeerHasEnded) {
  WaitingPeer peer;
  peer.Send(kGet);
  peer.End();
  EXPECT_EQ(peer.session.awaited(), 1u);
  peer.Durable(1);
  EXPECT_EQ(peer.answers, kDurable);
}

TEST(Http1WaitingTest, WhoeverAwaitsAnAnswerIsNotIdle) {
  WaitingPeer peer(
      {.idle_timeout = seconds(2), .head_timeout = seconds(20), .ack_deadline = seconds(30)});
  peer.Send(kGet);
  peer.Wait(seconds(29));
  EXPECT_FALSE(peer.session.WantsClose());
  peer.Durable(1);
  peer.Wait(seconds(1));
  EXPECT_FALSE(peer.session.WantsClose());  // idle since the answer
  peer.Wait(seconds(1));
  EXPECT_TRUE(peer.session.WantsClose());
}

TEST(Http1WaitingTest, ABodyIsNotLateWhileItsContinueIsHeldBack) {
  WaitingPeer peer({.body_timeout = seconds(2), .ack_deadline = seconds(30)});
  peer.Send(kGet +
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  peer.Wait(seconds(29));
  peer.Durable(1);
  peer.Wait(seconds(1));
  EXPECT_FALSE(peer.session.WantsClose());
  peer.Wait(seconds(1));
  EXPECT_TRUE(peer.session.WantsClose());
}

TEST(Http1WaitingTest, AHeadIsLateEvenWhileAnAnswerIsAwaited) {
  WaitingPeer peer({.head_timeout = seconds(5), .ack_deadline = seconds(30)});
  peer.Send(kGet + "GET");
  peer.Wait(seconds(5));
  EXPECT_TRUE(peer.session.WantsClose());
  peer.Durable(1);
  EXPECT_EQ(peer.answers, std::string(kDurable) + Closing("408 Request Timeout"));
}

}  // namespace
}  // namespace shadowreel
