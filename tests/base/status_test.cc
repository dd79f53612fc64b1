#include "base/status.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(StatusTest, ADiskThatIsFullIsToldApartFromOtherErrors) {
  EXPECT_TRUE(IsDiskFull(ErrnoError(ENOSPC, "write /x")));
  EXPECT_FALSE(IsDiskFull(ErrnoError(EIO, "write /x")));
  EXPECT_EQ(Message(ErrnoError(EIO, "write /x")), "write /x: Input/output error");
}

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return UsageError("{} is odd", value);
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  ASSIGN_OR_RETURN(int half, Half(value));
  return Half(half);
}

TEST(StatusTest, TheFirstErrorIsReturned) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Message(Quarter(7).status()), "7 is odd");
  EXPECT_EQ(Message(Quarter(6).status()), "3 is odd");
}

}  // namespace
}  // namespace shadowreel
