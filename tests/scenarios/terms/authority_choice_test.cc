#include "scenarios/terms/authority_choice.h"

#include <gtest/gtest.h>

#include "base/exit_code.h"
#include "base/status.h"

namespace shadowreel {
namespace {

TEST(AuthorityChoiceTest, AWordIsAMode) {
  const std::pair<const char*, AuthorityMode> rows[] = {
      {"target", AuthorityMode::kTarget},
      {"recorded", AuthorityMode::kRecorded},
      {"stripped", AuthorityMode::kStripped},
      {"shadow", AuthorityMode::kShadow},
  };
  for (const auto& [word, mode] : rows) {
    const auto choice = ParseAuthorityChoice(word);
    ASSERT_TRUE(choice.ok()) << word;
    EXPECT_EQ(choice->mode, mode) << word;
    EXPECT_EQ(choice->literal, "");
  }
}

TEST(AuthorityChoiceTest, AnotherAuthorityIsMeantAsItStands) {
  for (const char* text : {"shop.example:8080", "[::1]:80", "Target"}) {
    const auto choice = ParseAuthorityChoice(text);
    ASSERT_TRUE(choice.ok()) << text;
    EXPECT_EQ(choice->mode, AuthorityMode::kLiteral);
    EXPECT_EQ(choice->literal, text);
  }
}

TEST(AuthorityChoiceTest, WhatNoHostFieldHoldsIsRefused) {
  for (const char* text : {"", "a b", "user@shop", "shop/path"}) {
    const auto choice = ParseAuthorityChoice(text);
    ASSERT_FALSE(choice.ok()) << text;
    EXPECT_EQ(ExitCodeFor(choice.status()), ExitCode::kUsage);
    EXPECT_EQ(
        Message(choice.status()),
        "'" + std::string(text) + "': write target, recorded, stripped, shadow or HOST[:PORT]");
  }
}

}  // namespace
}  // namespace shadowreel
