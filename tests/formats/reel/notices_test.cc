#include "formats/reel/notices.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fakes/fake_clock.h"

namespace shadowreel {
namespace {

class NoticesTest : public ::testing::Test {
 protected:
  ~NoticesTest() override { std::fclose(stream_); }

  std::string Said() {
    std::string text(static_cast<size_t>(std::ftell(stream_)), '\0');
    std::rewind(stream_);
    EXPECT_EQ(std::fread(text.data(), 1, text.size(), stream_), text.size());
    return text;
  }

  FakeClock clock_;
  std::FILE* stream_ = std::tmpfile();
};

TEST_F(NoticesTest, ShortStepsShowNoProgress) {
  {
    Notices notices(stream_, true, clock_);
    notices.Progress("read", 1, 10);
    clock_.Advance(std::chrono::milliseconds(999));
    notices.Progress("read", 2, 10);
  }
  EXPECT_EQ(Said(), "");
}

TEST_F(NoticesTest, LongStepsShowItAFewTimesASecondAndCleanUp) {
  Notices notices(stream_, true, clock_);
  clock_.Advance(std::chrono::seconds(1));
  notices.Progress("read", 1, 10);
  notices.Progress("read", 2, 10);
  clock_.Advance(std::chrono::milliseconds(200));
  notices.Progress("read", 3, 10);
  notices.Warn("careful");
  EXPECT_EQ(Said(), "\rread 10 %\rread 30 %\r\x1b[Kreel: careful\n");
}

TEST_F(NoticesTest, WithoutATerminalThereAreWarningsOnly) {
  Notices notices(stream_, false, clock_);
  clock_.Advance(std::chrono::seconds(10));
  notices.Progress("read", 1, 10);
  notices.Warn("careful");
  EXPECT_EQ(Said(), "reel: careful\n");
}

}  // namespace
}  // namespace shadowreel
