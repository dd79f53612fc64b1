#include "scenarios/terms/header_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/exit_code.h"
#include "base/status.h"

namespace shadowreel {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HeaderLineTest, NameAndValueStandAroundTheFirstColon) {
  const auto line = ParseHeaderLine("X-Via:\t a:b  c ");
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->name, "X-Via");
  EXPECT_EQ(line->value, "a:b  c");
}

TEST(HeaderLineTest, AnEmptyValueAndOneOfAnyBytesAreFine) {
  EXPECT_EQ(ParseHeaderLine("x-empty:")->value, "");
  EXPECT_EQ(ParseHeaderLine("x-bytes: \xff\t\x01")->value, "\xff\t\x01");
}

TEST(HeaderLineTest, WhatIsNoFieldIsRefusedWithoutShowingTheValue) {
  const std::pair<std::string, const char*> rows[] = {
      {"Bearer sesame", "no colon"},
      {": sesame", "is no header name"},
      {"a b: sesame", "'a b' is no header name"},
      {"name : sesame", "'name ' is no header name"},
      {"x-a: sesame\r\nx-b: 1", "the value of x-a holds CR"},
      {std::string("x-a: sesame\0", 12), "the value of x-a holds CR"},
      {":authority: sesame", "'' is no header name"},
  };
  for (const auto& [text, says] : rows) {
    const auto line = ParseHeaderLine(text);
    ASSERT_FALSE(line.ok()) << text;
    EXPECT_EQ(ExitCodeFor(line.status()), ExitCode::kUsage);
    EXPECT_THAT(Message(line.status()), HasSubstr(says));
    EXPECT_THAT(Message(line.status()), Not(HasSubstr("sesame")));
  }
}

TEST(HeaderLineTest, WhatSaysSomethingAboutTheMessageCannotBeEdited) {
  EXPECT_THAT(Message(ParseHeaderLine("HOST: shop").status()), HasSubstr("--authority"));
  for (const char* name : {"content-length", "Transfer-Encoding", "CONNECTION", "trailer"}) {
    EXPECT_THAT(Message(CheckHeaderName(name)), HasSubstr("how the message is sent")) << name;
    EXPECT_TRUE(IsMessageName(name));
  }
  EXPECT_TRUE(CheckHeaderName("x-host").ok());
  EXPECT_FALSE(IsMessageName("x-host"));
}

TEST(HeaderLineTest, WithoutValueShowsTheName) {
  EXPECT_EQ(WithoutValue("authorization: Bearer a:b"), "authorization: ...");
  EXPECT_EQ(WithoutValue("Bearer sesame"), "...");
}

}  // namespace
}  // namespace shadowreel
