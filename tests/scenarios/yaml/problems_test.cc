#include "scenarios/yaml/problems.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

Place At(const std::string& file, int line, int column) {
  return {std::make_shared<const std::string>(file), line, column};
}

TEST(ProblemsTest, ALineSaysWhereAndHowBad) {
  const Place place = At("a.yaml", 7, 12);
  EXPECT_EQ((Problem{place, Severity::kError, "no"}).Line(), "a.yaml:7:12: no");
  EXPECT_EQ((Problem{place, Severity::kWarning, "no"}).Line(), "a.yaml:7:12: warning: no");
  EXPECT_EQ((Problem{place, Severity::kNote, "no"}).Line(), "a.yaml:7:12: note: no");
  EXPECT_EQ((Problem{{}, Severity::kNote, "no"}).Line(), "note: no");
}

TEST(ProblemsTest, ALineIsOneLineAndCannotActOnATerminal) {
  EXPECT_EQ((Problem{At("a\nb", 1, 2), Severity::kError, "c\x1b[2J\x7f"}).Line(),
            "a\\nb:1:2: c\\x1b[2J\\x7f");
  EXPECT_EQ((Problem{{}, Severity::kError, "a \\d \xc3\xa4"}).Line(), "a \\d \xc3\xa4");
}

TEST(ProblemsTest, WhatIsNotKeptIsCounted) {
  Problems problems;
  for (size_t i = 0; i < Problems::kMost; ++i) problems.Warn(At("a", 1, 1), "no");
  EXPECT_EQ(problems.left_out(), 0u);
  problems.Warn(At("a", 1, 1), "no");
  problems.Add({At("a", 1, 1), Severity::kNote, "no"});
  problems.Error(At("a", 1, 1), "no");
  EXPECT_EQ(problems.warnings(), Problems::kMost + 1);
  EXPECT_EQ(problems.notes(), 1u);
  EXPECT_EQ(problems.errors(), 1u);
  EXPECT_EQ(problems.left_out(), 2u);
}

TEST(ProblemsTest, AllAreSaidInTheOrderOfTheirPlaces) {
  Problems problems;
  problems.Error(At("b", 1, 1), "four");
  problems.Warn(At("a", 10, 1), "three");
  problems.Error(At("a", 2, 1), "one");
  problems.Error(At("a", 2, 1), "two");
  EXPECT_EQ(problems.errors(), 3U);
  EXPECT_EQ(problems.Sorted().size(), 4U);
  EXPECT_EQ(problems.ToStatus().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(problems.ToStatus()),
            "a:2:1: one\na:2:1: two\na:10:1: warning: three\nb:1:1: four");
}

TEST(ProblemsTest, WarningsAloneAreNoError) {
  Problems problems;
  EXPECT_TRUE(problems.ToStatus().ok());
  problems.Warn(At("a", 1, 1), "w");
  EXPECT_FALSE(problems.has_errors());
  EXPECT_TRUE(problems.ToStatus().ok());
  EXPECT_EQ(problems.Sorted().size(), 1U);
}

TEST(ProblemsTest, OfVeryManyTheFirstAreKeptAndTheOthersCounted) {
  Problems problems;
  for (int i = 1; i <= static_cast<int>(Problems::kMost) + 5; ++i) {
    problems.Warn(At("a", i, 1), "w");
  }
  problems.Error(At("a", 300, 1), "e");
  EXPECT_EQ(problems.Sorted().size(), Problems::kMost + 1);
  const std::string text = Message(problems.ToStatus());
  EXPECT_TRUE(text.starts_with("a:1:1: warning: w\n")) << text;
  EXPECT_TRUE(text.ends_with("\na:300:1: e\nand 5 more")) << text;
}

}  // namespace
}  // namespace shadowreel
