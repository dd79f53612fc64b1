#include "formats/reel/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>

namespace shadowreel {
namespace {

// Each in a process of its own: the flag is the process's.
TEST(InterruptTest, TheSignalOnlyRaisesTheFlagUntilTheEnd) {
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          CatchInterrupts();
          if (!CheckInterrupt().ok()) std::exit(1);
          std::raise(signal);
          if (!absl::IsCancelled(CheckInterrupt())) std::exit(2);
          EndAsInterrupted();
        },
        ::testing::KilledBySignal(signal), "");
  }
}

TEST(InterruptTest, TheSecondSignalEndsAtOnce) {
  EXPECT_EXIT(
      {
        CatchInterrupts();
        std::raise(SIGINT);
        std::raise(SIGINT);
        std::exit(1);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

TEST(InterruptTest, AnIgnoredSignalStaysIgnored) {
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_IGN);
        CatchInterrupts();
        std::raise(SIGINT);
        std::exit(CheckInterrupt().ok() ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace shadowreel
