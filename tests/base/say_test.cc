#include "base/say.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(SayTest, WhatAStreamDoesNotTakeIsLostAndTheNextIsTriedAgain) {
  std::FILE* const full = std::fopen("/dev/full", "w");
  ASSERT_NE(full, nullptr);
  std::setvbuf(full, nullptr, _IONBF, 0);
  Say(full, "{} and {}\n", 1, 2);
  EXPECT_EQ(std::ferror(full), 0);
  SayText(full, "more\n");
  std::fclose(full);
}

TEST(SayTest, WhatIsSaidIsWritten) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  Say(file, "{} and {}", 1, "two");
  SayText(file, " {}\n");
  std::rewind(file);
  char line[32] = {};
  EXPECT_STREQ(std::fgets(line, sizeof(line), file), "1 and two {}\n");
  std::fclose(file);
}

}  // namespace
}  // namespace shadowreel
