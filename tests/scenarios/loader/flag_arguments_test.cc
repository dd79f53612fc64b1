#include "scenarios/loader/flag_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Arguments = std::vector<std::string>;

LoadedScenario With(const std::vector<std::string>& sections) {
  LoadedScenario loaded;
  for (const std::string& section : sections) loaded.origins[section];
  return loaded;
}

// "KEY=VALUES ..." of what the arguments set; or the error.
std::string Read(const Arguments& arguments, const std::vector<std::string>& sections) {
  const absl::StatusOr<LoadedScenario> flags = ReadFlagArguments(arguments, With(sections));
  if (!flags.ok()) return Message(flags.status());
  std::string text;
  for (const Setting& setting : SettingsOf(*flags)) {
    text += (text.empty() ? "" : " ") + setting.key + "=" + FlagTextOf(setting);
  }
  return text;
}

TEST(FlagArgumentsTest, EveryWritingOfAFlagIsTaken) {
  EXPECT_EQ(Read({"--speed=2", "--target", "http://a", "--nofold_paths", "--drop_conditional"},
                 {"replay"}),
            "replay.target=http://a replay.speed=2 replay.drop_conditional=true fold_paths=false");
}

TEST(FlagArgumentsTest, ListsAreDividedAndRepeatedFlagsAdd) {
  EXPECT_EQ(Read({"--recording=a,b", "--endpoint=/a", "--endpoint=/b,c"}, {"replay"}),
            "replay.recording=a,b endpoints=/a\n/b,c");
}

TEST(FlagArgumentsTest, TheLastOfOneFlagCounts) {
  EXPECT_EQ(Read({"--method=GET", "--method=HEAD", "--seed=1", "--seed=2"}, {"replay"}),
            "replay.seed=2 replay.method=HEAD");
}

TEST(FlagArgumentsTest, AFlagOfBothProgramsIsTheOneOfTheScenarios) {
  EXPECT_EQ(Read({"--percent=5"}, {"replay"}), "replay.percent=5");
  EXPECT_EQ(Read({"--percent=5"}, {"capture"}), "capture.percent=5");
  EXPECT_EQ(Read({"recorder", "--percent=5"}, {"capture", "replay"}), "capture.percent=5");
  EXPECT_THAT(Read({"--percent=5"}, {"capture", "replay"}),
              HasSubstr("of the recorder and of the replayer; say whose"));
}

TEST(FlagArgumentsTest, WhatIsNoFlagIsRefused) {
  EXPECT_THAT(Read({"--sped=2"}, {"replay"}), StartsWith("--sped is no flag"));
  EXPECT_THAT(Read({"speed"}, {"replay"}), StartsWith("'speed' is no flag"));
  EXPECT_THAT(Read({"recorder", "--speed=2"}, {"replay"}), StartsWith("--speed is no flag of the"));
  EXPECT_EQ(Read({"--speed"}, {"replay"}), "--speed needs a value");
}

TEST(FlagArgumentsTest, WhatExcludesEachOtherIsRefusedWithoutALine) {
  EXPECT_EQ(Read({"--rate=5", "--speed=2"}, {"replay"}), "'speed' and 'rate' exclude each other");
}

TEST(FlagArgumentsTest, ValuesAreCheckedAndKeepTheirDollars) {
  EXPECT_THAT(Read({"--speed=x"}, {"replay"}), HasSubstr("speed: 'x' is not a number"));
  EXPECT_EQ(Read({"--path=re:${a}$$"}, {"replay"}), "replay.path=re:${a}$$");
}

}  // namespace
}  // namespace shadowreel
