#include "base/terminal_text.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(TerminalTextTest, ControlBytesAreShownAndLineEndsStay) {
  EXPECT_EQ(WithoutControls("a\x1b[2J\r\t\x7f\nb"), "a\\x1b[2J\\x0d\\x09\\x7f\nb");
  EXPECT_EQ(WithoutControls(std::string_view("\0", 1)), "\\x00");
}

TEST(TerminalTextTest, OtherTextStaysAsItIs) {
  EXPECT_EQ(WithoutControls("caf\xc3\xa9 \\x1b ~"), "caf\xc3\xa9 \\x1b ~");
  EXPECT_EQ(WithoutControls(""), "");
}

}  // namespace
}  // namespace shadowreel
