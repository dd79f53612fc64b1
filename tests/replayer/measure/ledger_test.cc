#include "replayer/measure/ledger.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

ReplayLedger Sound() {
  ReplayLedger ledger;
  ledger.read = 100;
  ledger.filtered = 5;
  ledger.sampled_out = 20;
  ledger.skipped = 15;
  ledger.planned = 60;
  ledger.shed = 3;
  ledger.cancelled = 2;
  ledger.unsent = 5;
  ledger.sent = 50;
  ledger.completed = 40;
  ledger.failed = 4;
  ledger.timed_out = 5;
  ledger.abandoned = 1;
  ledger.filtered_by = {{"host", 1}, {"path", 4}};
  ledger.skipped_by = {{"incomplete", 5}, {"method", 10}};
  ledger.shed_by = {{"in-flight cap", 3}};
  ledger.unsent_by = {{"connection refused", 5}};
  ledger.failed_by = {{"connection reset", 4}};
  return ledger;
}

TEST(LedgerTest, ASoundLedgerPasses) {
  EXPECT_TRUE(Sound().CheckIdentities().ok());
  EXPECT_TRUE(ReplayLedger().CheckIdentities().ok());
}

TEST(LedgerTest, TheBrokenIdentityIsNamedWithItsNumbers) {
  ReplayLedger ledger = Sound();
  ledger.read = 101;
  EXPECT_EQ(Message(ledger.CheckIdentities()),
            "the ledger does not add up: read 101 is not filtered 5 + sampled_out 20 + skipped 15 "
            "+ planned 60");
  EXPECT_EQ(ledger.CheckIdentities().code(), absl::StatusCode::kInternal);
}

struct Breakage {
  const char* name;
  uint64_t ReplayLedger::*count;
  const char* broken;  // how the message names the whole that no longer is its parts
};

class LedgerBreakageTest : public testing::TestWithParam<Breakage> {};

TEST_P(LedgerBreakageTest, OneTooManyIsFound) {
  ReplayLedger ledger = Sound();
  ++(ledger.*GetParam().count);
  const std::string message = Message(ledger.CheckIdentities());
  EXPECT_EQ(message.find(std::string("the ledger does not add up: ") + GetParam().broken), 0u)
      << message;
}

INSTANTIATE_TEST_SUITE_P(
    EveryCount, LedgerBreakageTest,
    testing::Values(Breakage{"read", &ReplayLedger::read, "read 101"},
                    Breakage{"filtered", &ReplayLedger::filtered, "read 100"},
                    Breakage{"sampled_out", &ReplayLedger::sampled_out, "read 100"},
                    Breakage{"skipped", &ReplayLedger::skipped, "read 100"},
                    Breakage{"planned", &ReplayLedger::planned, "read 100"},
                    Breakage{"shed", &ReplayLedger::shed, "planned 60"},
                    Breakage{"cancelled", &ReplayLedger::cancelled, "planned 60"},
                    Breakage{"unsent", &ReplayLedger::unsent, "planned 60"},
                    Breakage{"sent", &ReplayLedger::sent, "planned 60"},
                    Breakage{"completed", &ReplayLedger::completed, "sent 50"},
                    Breakage{"failed", &ReplayLedger::failed, "sent 50"},
                    Breakage{"timed_out", &ReplayLedger::timed_out, "sent 50"},
                    Breakage{"abandoned", &ReplayLedger::abandoned, "sent 50"}),
    [](const auto& breakage) { return std::string(breakage.param.name); });

TEST(LedgerTest, ABreakdownThatLosesOneIsFound) {
  struct Case {
    CountsByText ReplayLedger::*breakdown;
    const char* message;
  };
  for (const Case& c : {Case{&ReplayLedger::skipped_by, "skipped 15 is not skipped_by 14"},
                        Case{&ReplayLedger::shed_by, "shed 3 is not shed_by 2"},
                        Case{&ReplayLedger::unsent_by, "unsent 5 is not unsent_by 4"},
                        Case{&ReplayLedger::failed_by, "failed 4 is not failed_by 3"}}) {
    ReplayLedger ledger = Sound();
    --(ledger.*c.breakdown).begin()->second;
    EXPECT_EQ(Message(ledger.CheckIdentities()),
              std::string("the ledger does not add up: ") + c.message);
  }
}

}  // namespace
}  // namespace shadowreel
