#include "replayer/options/command_text.h"

#include <gtest/gtest.h>

#include <vector>

namespace shadowreel {
namespace {

std::string Shown(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "/usr/bin/replayer");
  return CommandText(static_cast<int>(arguments.size()), arguments.data());
}

TEST(CommandTextTest, FlagsStandAsTheyWereGiven) {
  EXPECT_EQ(Shown({}), "replayer");
  EXPECT_EQ(Shown({"--speed=2", "--json", "-percent", "50", "--rewrite_path=/a -> /b"}),
            "replayer --speed=2 --json -percent 50 --rewrite_path=/a -> /b");
}

TEST(CommandTextTest, ValuesOfHeadersAreHiddenHoweverTheyAreGiven) {
  EXPECT_EQ(Shown({"--set_header=authorization: Bearer sesame=="}),
            "replayer --set_header=authorization: ...");
  EXPECT_EQ(Shown({"-set_header", "authorization: Bearer sesame", "--json"}),
            "replayer -set_header authorization: ... --json");
  EXPECT_EQ(Shown({"--add_header=sesame", "--header=x-key:sesame"}),
            "replayer --add_header=... --header=x-key: ...");
  EXPECT_EQ(Shown({"--remove_header=authorization"}), "replayer --remove_header=authorization");
}

}  // namespace
}  // namespace shadowreel
