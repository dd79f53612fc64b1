#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/recorder/server/http2_peer.h"

namespace shadowreel {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kAccepted = ":status=202; end";
constexpr std::string_view kDurable = ":status=204; end";

using Outcomes = std::vector<TicketOutcome>;

// A client of a session whose answers wait for the disk.
class WaitingPeer : public Http2Peer {
 public:
  explicit WaitingPeer(const Http2SessionOptions& options = {}) : Http2Peer(options) {
    sink.durable = true;
  }

  // Returns the stream's id. Its ticket is the number of requests so far.
  int32_t Get() {
    const int32_t id = client.Request(Head("GET", "/"));
    Talk();
    return id;
  }

  // The roller's word.
  void Settle(const Settled& settled) {
    session.OnSettled(settled, Now());
    Read();
  }
  void Durable(Ticket through) {
    Settled settled;
    settled.AddDurable(through);
    Settle(settled);
  }
  void Shed(Ticket ticket) {
    Settled settled;
    settled.AddShed(ticket);
    Settle(settled);
  }
};

TEST(Http2WaitingTest, StreamsAreAnsweredOnceTheirRecordsAreDurable) {
  WaitingPeer peer;
  const int32_t first = peer.Get();
  const int32_t second = peer.Get();
  const int32_t third = peer.Get();
  EXPECT_EQ(peer.sink.records.size(), 3u);
  EXPECT_EQ(peer.session.awaited(), 3u);
  EXPECT_EQ(peer.client.answer(first), "");
  peer.Durable(2);
  EXPECT_EQ(peer.client.answer(first), kDurable);
  EXPECT_EQ(peer.client.answer(second), kDurable);
  EXPECT_EQ(peer.client.answer(third), "");
  EXPECT_EQ(peer.session.awaited(), 1u);
  peer.Durable(3);
  EXPECT_EQ(peer.client.answer(third), kDurable);
  EXPECT_EQ(peer.sink.outcomes, Outcomes(3, TicketOutcome::kDurable));
}

TEST(Http2WaitingTest, StreamsDoNotWaitForEachOther) {
  WaitingPeer peer;
  const int32_t first = peer.Get();
  const int32_t second = peer.Get();
  peer.sink.durable = false;  // shed, say
  EXPECT_EQ(peer.client.answer(peer.Get()), kAccepted);
  peer.Shed(2);
  EXPECT_EQ(peer.client.answer(first), "");
  EXPECT_EQ(peer.client.answer(second), kAccepted);
  peer.Durable(2);
  EXPECT_EQ(peer.client.answer(first), kDurable);
}

TEST(Http2WaitingTest, AnAwaitedAnswerIsA202AtItsDeadline) {
  WaitingPeer peer({.ack_deadline = seconds(2)});
  const int32_t first = peer.Get();
  peer.Wait(seconds(1));
  const int32_t second = peer.Get();
  peer.Wait(seconds(1));
  EXPECT_EQ(peer.client.answer(first), kAccepted);
  EXPECT_EQ(peer.client.answer(second), "");
  peer.Durable(2);
  EXPECT_EQ(peer.client.answer(second), kDurable);
  EXPECT_EQ(peer.sink.outcomes, (Outcomes{TicketOutcome::kLate, TicketOutcome::kDurable}));
}

TEST(Http2WaitingTest, AGrpcAnswerTellsByAField) {
  const auto head = Head("POST", "/s/m", {{"content-type", "application/grpc"}});
  const std::string ok = ":status=200;content-type=application/grpc;grpc-status=0;";
  WaitingPeer peer;
  const int32_t durable = peer.client.Request(head, "body");
  const int32_t shed = peer.client.Request(head, "body");
  peer.Talk();
  EXPECT_EQ(peer.client.answer(durable), "");
  peer.Shed(2);
  peer.Durable(2);
  EXPECT_EQ(peer.client.answer(durable), ok + "shadowreel-ack=durable; end");
  EXPECT_EQ(peer.client.answer(shed), ok + " end");
}

TEST(Http2WaitingTest, AStreamResetWhileItWaitsLeavesTheOthersAndItsRecord) {
  WaitingPeer peer;
  const int32_t reset = peer.Get();
  const int32_t other = peer.Get();
  peer.client.Reset(reset);
  peer.Talk();
  EXPECT_EQ(peer.session.awaited(), 1u);
  peer.Durable(2);
  EXPECT_EQ(peer.client.answer(other), kDurable);
  EXPECT_EQ(peer.sink.outcomes, Outcomes{TicketOutcome::kDurable});
  ASSERT_EQ(peer.sink.records.size(), 2u);
  EXPECT_TRUE(peer.sink.records[0].complete);
}

TEST(Http2WaitingTest, AnswersAreAwaitedAfterTheEnd) {
  WaitingPeer peer;
  const int32_t whole = peer.Get();
  peer.client.Open(Head("POST", "/cut"));
  peer.Talk();
  peer.End();
  EXPECT_EQ(peer.client.goaway(), uint32_t{NGHTTP2_NO_ERROR});
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.session.awaited(), 1u);
  ASSERT_EQ(peer.sink.records.size(), 2u);
  EXPECT_FALSE(peer.sink.records[1].complete);
  peer.Durable(2);
  EXPECT_EQ(peer.client.answer(whole), kDurable);
  EXPECT_EQ(peer.session.awaited(), 0u);
}

TEST(Http2WaitingTest, ADeadlineEndsTheWaitAfterTheEnd) {
  WaitingPeer peer;
  const int32_t whole = peer.Get();
  peer.End();
  peer.Wait(seconds(1));
  EXPECT_EQ(peer.client.answer(whole), kAccepted);
  EXPECT_EQ(peer.session.awaited(), 0u);
}

TEST(Http2WaitingTest, ABrokenConnectionAwaitsNothing) {
  WaitingPeer peer;
  peer.Get();
  peer.Send(Frame(NGHTTP2_DATA, 0, 0, "data on stream 0"));
  EXPECT_EQ(peer.client.goaway(), uint32_t{NGHTTP2_PROTOCOL_ERROR});
  EXPECT_TRUE(peer.session.WantsClose());
  EXPECT_EQ(peer.session.awaited(), 0u);
  peer.Durable(1);
  EXPECT_TRUE(peer.sink.outcomes.empty());
}

TEST(Http2WaitingTest, WhoeverAwaitsAnAnswerIsNotIdle) {
  WaitingPeer peer(
      {.idle_timeout = seconds(2), .stream_timeout = seconds(3), .ack_deadline = minutes(1)});
  const int32_t id = peer.Get();
  peer.Wait(seconds(50));
  EXPECT_FALSE(peer.session.WantsClose());
  peer.Durable(1);
  EXPECT_EQ(peer.client.answer(id), kDurable);
  peer.Wait(seconds(1));
  EXPECT_FALSE(peer.session.WantsClose());  // idle since the answer
  peer.Wait(seconds(1));
  EXPECT_TRUE(peer.session.WantsClose());
}

TEST(Http2WaitingTest, AnIdleStreamIsResetBesideOneThatWaits) {
  WaitingPeer peer({.stream_timeout = seconds(3), .ack_deadline = minutes(1)});
  const int32_t waiting = peer.Get();
  const int32_t idle = peer.client.Open(Head("POST", "/"));
  peer.Talk();
  peer.Wait(seconds(3));
  EXPECT_EQ(peer.client.answer(idle), " reset 8");
  peer.Durable(1);
  EXPECT_EQ(peer.client.answer(waiting), kDurable);
}

}  // namespace
}  // namespace shadowreel
