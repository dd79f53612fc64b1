#include "recorder/capture/acknowledgements.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <random>
#include <thread>
#include <vector>

namespace shadowreel {
namespace {

TEST(SettledTest, NothingIsSettledAtFirst) {
  const Settled settled;
  EXPECT_TRUE(settled.empty());
  EXPECT_EQ(settled.OutcomeOf(1), std::nullopt);
}

TEST(SettledTest, ASyncSettlesAllUpToItButThoseShed) {
  Settled settled;
  settled.AddShed(2);
  settled.AddShed(3);
  settled.AddShed(5);
  EXPECT_TRUE(settled.has_shed());
  EXPECT_EQ(settled.OutcomeOf(1), std::nullopt);
  EXPECT_EQ(settled.OutcomeOf(2), TicketOutcome::kShed);
  settled.AddDurable(4);
  EXPECT_EQ(settled.OutcomeOf(1), TicketOutcome::kDurable);
  EXPECT_EQ(settled.OutcomeOf(3), TicketOutcome::kShed);
  EXPECT_EQ(settled.OutcomeOf(4), TicketOutcome::kDurable);
  EXPECT_EQ(settled.OutcomeOf(5), TicketOutcome::kShed);
  EXPECT_EQ(settled.OutcomeOf(6), std::nullopt);
}

TEST(SettledTest, ShedTicketsMayComeInAnyOrder) {
  constexpr unsigned kSeed = 4711;
  std::mt19937 random(kSeed);
  std::vector<Ticket> order;
  for (Ticket ticket = 1; ticket <= 300; ++ticket) {
    if (ticket % 3 != 0) order.push_back(ticket);
  }
  std::shuffle(order.begin(), order.end(), random);
  Settled settled;
  for (const Ticket ticket : order) settled.AddShed(ticket);
  for (Ticket ticket = 1; ticket <= 300; ++ticket) {
    const bool shed = settled.OutcomeOf(ticket) == TicketOutcome::kShed;
    EXPECT_EQ(shed, ticket % 3 != 0) << ticket << " seed " << kSeed;
  }
}

TEST(AcknowledgementsTest, OneWakeUpIsEnoughUntilAllIsTaken) {
  int wakes = 0;
  Acknowledgements acknowledgements([&] { ++wakes; });
  EXPECT_FALSE(acknowledgements.any());
  acknowledgements.Durable(1);
  acknowledgements.Shed(2);
  acknowledgements.Durable(3);
  EXPECT_EQ(wakes, 1);
  ASSERT_TRUE(acknowledgements.any());
  const Settled settled = acknowledgements.Take();
  EXPECT_EQ(settled.OutcomeOf(2), TicketOutcome::kShed);
  EXPECT_EQ(settled.OutcomeOf(3), TicketOutcome::kDurable);
  EXPECT_FALSE(acknowledgements.any());
  EXPECT_TRUE(acknowledgements.Take().empty());
  acknowledgements.Durable(4);
  EXPECT_EQ(wakes, 2);
}

// Whoever takes after each wake-up misses nothing.
TEST(AcknowledgementsTest, TheLastWordIsTakenBesideAThreadThatSettles) {
  constexpr Ticket kLast = 20'000;
  std::atomic<int> wakes = 0;
  Acknowledgements acknowledgements([&] { ++wakes; });
  std::thread roller([&] {
    for (Ticket ticket = 1; ticket <= kLast; ++ticket) {
      if (ticket % 7 == 0) {
        acknowledgements.Shed(ticket);
      } else {
        acknowledgements.Durable(ticket);
      }
    }
  });
  Ticket next = 1;
  uint64_t shed = 0;
  int seen = 0;
  while (next <= kLast) {
    if (wakes == seen) continue;
    seen = wakes;
    const Settled settled = acknowledgements.Take();
    while (const auto outcome = settled.OutcomeOf(next)) {
      if (outcome == TicketOutcome::kShed) ++shed;
      ++next;
    }
  }
  roller.join();
  EXPECT_EQ(shed, kLast / 7);
}

}  // namespace
}  // namespace shadowreel
