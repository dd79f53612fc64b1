#include "recorder/capture/capture_sink.h"

#include <gtest/gtest.h>

#include <tuple>
#include <utility>
#include <vector>

namespace shadowreel {
namespace {

class CaptureSinkTest : public ::testing::Test {
 protected:
  CaptureSink Sink(double percent, bool durable = false, double mirrored_percent = 100) {
    return CaptureSink(recording_, Sampler(percent, 7), mirrored_percent, queue_, disk_, ledger_,
                       durable);
  }

  const Uuid recording_ = {1, 2, 3};
  BoundedQueue<Record> queue_{{.bytes = 3 * sizeof(Record), .items = 100}};
  DiskCondition disk_;
  Ledger ledger_{{}};
};

TEST_F(CaptureSinkTest, AdmittedRequestsAreQueued) {
  CaptureSink sink = Sink(100);
  ASSERT_TRUE(sink.Admit());
  sink.Offer(Record{});
  EXPECT_TRUE(queue_.TryPop().has_value());
  EXPECT_EQ(ledger_.Snapshot().on_the_way(), 1);
}

TEST_F(CaptureSinkTest, SamplingIsByOrdinalAndShowsInTheWeight) {
  CaptureSink sink = Sink(25);
  const Sampler sampler(25, 7);
  uint64_t kept = 0;
  for (uint64_t ordinal = 0; ordinal < 1000; ++ordinal) {
    const bool admitted = sink.Admit();
    ASSERT_EQ(admitted, sampler.Keeps(recording_, ordinal));
    if (!admitted) continue;
    sink.Offer(Record{});
    EXPECT_EQ(queue_.TryPop().value().weight, 4);
    ++kept;
  }
  EXPECT_GT(kept, 0u);
  EXPECT_EQ(ledger_.Snapshot().sampled_out, 1000 - kept);
}

TEST_F(CaptureSinkTest, WhatTheMirrorSampledMultipliesTheWeight) {
  for (const auto& [kept_percent, mirrored_percent, weight] :
       {std::tuple(100.0, 50.0, 2.0), std::tuple(25.0, 50.0, 8.0), std::tuple(100.0, 100.0, 1.0)}) {
    CaptureSink sink = Sink(kept_percent, /*durable=*/false, mirrored_percent);
    while (!sink.Admit()) {
    }
    sink.Offer(Record{});
    EXPECT_EQ(queue_.TryPop().value().weight, weight) << kept_percent << " " << mirrored_percent;
  }
}

TEST_F(CaptureSinkTest, ZeroPercentKeepsNothing) {
  CaptureSink sink = Sink(0);
  EXPECT_FALSE(sink.Admit());
  EXPECT_EQ(ledger_.Snapshot().sampled_out, 1u);
}

TEST_F(CaptureSinkTest, AFullQueueShedsForTheReasonOfTheDisk) {
  CaptureSink sink = Sink(100);
  for (int i = 0; i < 6; ++i) {
    if (i == 4) disk_.full_queue_reason = ShedReason::kDiskFull;
    ASSERT_TRUE(sink.Admit());
    sink.Offer(Record{});
  }
  const LedgerCounts counts = ledger_.Snapshot();
  EXPECT_EQ(counts.shed_by[static_cast<size_t>(ShedReason::kQueueFull)], 1u);
  EXPECT_EQ(counts.shed_by[static_cast<size_t>(ShedReason::kDiskFull)], 2u);
  EXPECT_EQ(counts.on_the_way(), 3);
}

TEST_F(CaptureSinkTest, RequestsGivenUpWhileReceivedAreShedAndAfterTheEndTooLate) {
  CaptureSink sink = Sink(100);
  ASSERT_TRUE(sink.Admit());
  ASSERT_TRUE(sink.Admit());
  sink.Shed();
  sink.End();
  sink.Shed();
  const LedgerCounts counts = ledger_.Snapshot();
  EXPECT_EQ(counts.shed_by[static_cast<size_t>(ShedReason::kUploads)], 1u);
  EXPECT_EQ(counts.after_end, 1u);
  EXPECT_EQ(counts.on_the_way(), 0);
}

TEST_F(CaptureSinkTest, AfterTheEndNothingIsAdmittedAndUnfinishedRequestsAreTooLate) {
  CaptureSink sink = Sink(100);
  ASSERT_TRUE(sink.Admit());
  sink.End();
  sink.Offer(Record{});
  EXPECT_FALSE(sink.Admit());
  EXPECT_FALSE(queue_.TryPop().has_value());
  EXPECT_EQ(ledger_.Snapshot().after_end, 2u);
}

TEST_F(CaptureSinkTest, ASpentBudgetIsTheEnd) {
  CaptureSink sink = Sink(100);
  disk_.budget_spent = true;
  EXPECT_FALSE(sink.Admit());
  EXPECT_EQ(ledger_.Snapshot().after_end, 1u);
}

TEST_F(CaptureSinkTest, RefusedRequestsAreReceived) {
  CaptureSink sink = Sink(100);
  sink.Refuse(Refusal::kHeadTooLarge);
  const LedgerCounts counts = ledger_.Snapshot();
  EXPECT_EQ(counts.received, 1u);
  EXPECT_EQ(counts.refused_by[static_cast<size_t>(Refusal::kHeadTooLarge)], 1u);
}

TEST_F(CaptureSinkTest, NobodyWaitsUnlessAnswersAreToBeDurable) {
  CaptureSink sink = Sink(100);
  ASSERT_TRUE(sink.Admit());
  EXPECT_EQ(sink.Offer(Record{}), kNoTicket);
}

TEST_F(CaptureSinkTest, TicketsNumberWhatEntersTheQueue) {
  CaptureSink sink = Sink(100, /*durable=*/true);
  std::vector<Ticket> tickets;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(sink.Admit());
    tickets.push_back(sink.Offer(Record{}));
    if (i == 3) queue_.TryPop();
  }
  EXPECT_EQ(tickets, (std::vector<Ticket>{1, 2, 3, kNoTicket, 4}));  // the fourth was shed
}

TEST_F(CaptureSinkTest, NobodyWaitsForADiskThatIsAway) {
  CaptureSink sink = Sink(100, /*durable=*/true);
  ASSERT_TRUE(sink.Admit());
  disk_.full_queue_reason = ShedReason::kDiskFull;
  EXPECT_EQ(sink.Offer(Record{}), kNoTicket);  // and yet it is queued
  disk_.full_queue_reason = ShedReason::kQueueFull;
  ASSERT_TRUE(sink.Admit());
  EXPECT_EQ(sink.Offer(Record{}), 2u);
}

TEST_F(CaptureSinkTest, NobodyWaitsAfterTheEnd) {
  CaptureSink sink = Sink(100, /*durable=*/true);
  ASSERT_TRUE(sink.Admit());
  sink.End();
  EXPECT_EQ(sink.Offer(Record{}), kNoTicket);
}

TEST_F(CaptureSinkTest, AnswersThatWaitedAreCounted) {
  CaptureSink sink = Sink(100, /*durable=*/true);
  sink.Answered(TicketOutcome::kDurable);
  sink.Answered(TicketOutcome::kDurable);
  sink.Answered(TicketOutcome::kLate);
  sink.Answered(TicketOutcome::kShed);
  EXPECT_EQ(ledger_.Snapshot().acked_durable, 2u);
  EXPECT_EQ(ledger_.Snapshot().ack_late, 1u);
}

}  // namespace
}  // namespace shadowreel
