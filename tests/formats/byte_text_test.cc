#include "formats/byte_text.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

using std::string_literals::operator""s;

TEST(ByteTextTest, OnlyWellFormedUtf8IsValid) {
  for (const std::string& valid : {""s, "abc\0"s, "\xc3\xa9"s, "\xe2\x82\xac"s, "\xed\x9f\xbf"s,
                                   "\xf0\x9f\x98\x80"s, "\xf4\x8f\xbf\xbf"s}) {
    EXPECT_TRUE(IsValidUtf8(valid)) << Hex(valid);
  }
  for (const std::string& invalid :
       {"\x80"s, "\xff"s, "\xc0\xaf"s, "\xc3"s, "\xc3("s, "\xe0\x80\xaf"s, "\xe2\x82"s,
        "\xed\xa0\x80"s, "\xf0\x80\x80\xaf"s, "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s,
        "a\xe2\x28\xa1"s}) {
    EXPECT_FALSE(IsValidUtf8(invalid)) << Hex(invalid);
  }
}

TEST(ByteTextTest, EveryByteComesBackFromJson) {
  std::string all_ascii;
  for (char c = 0; c >= 0 && c < 127; ++c) all_ascii += c;
  all_ascii += '\x7f';
  for (const std::string& text : {all_ascii, "\xc2\x9b[31m caf\xc3\xa9 \xe2\x80\xae"s}) {
    std::string json;
    AppendJsonBytes(text, &json);
    EXPECT_EQ(nlohmann::json::parse(json), nlohmann::json(text));
    for (const char c : json) EXPECT_GE(static_cast<uint8_t>(c), 0x20);
    EXPECT_EQ(json.find('\x7f'), std::string::npos);
    EXPECT_EQ(json.find("\xc2\x9b"), std::string::npos);
    EXPECT_EQ(BytesAsJson(text), nlohmann::ordered_json(text));
  }
}

TEST(ByteTextTest, BytesThatAreNoUtf8BecomeBase64) {
  std::string json;
  AppendJsonBytes("\xff\x00"s, &json);
  EXPECT_EQ(json, R"({"base64":"/wA="})");
  EXPECT_EQ(BytesAsJson("\xff\x00"s).dump(), json);
}

TEST(ByteTextTest, NothingActsOnATerminal) {
  EXPECT_EQ(EscapeForTerminal("caf\xc3\xa9 \\ \x1b[31m\n\r\t\x7f"),
            "caf\xc3\xa9 \\\\ \\x1b[31m\\n\\r\\t\\x7f");
  EXPECT_EQ(EscapeForTerminal("\xc2\x9b"), "\\xc2\\x9b");           // C1 CSI
  EXPECT_EQ(EscapeForTerminal("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // right-to-left override
  EXPECT_EQ(EscapeForTerminal("a\xff\0b"s), "a\\xff\\x00b");
}

TEST(ByteTextTest, ABeginningSaysThatThereIsMore) {
  EXPECT_EQ(EscapeBeginning("abc", 3), "abc");
  EXPECT_EQ(EscapeBeginning("abcd", 3), "abc...");
}

TEST(ByteTextTest, OneLineIsEscapedOnlyWhenItWouldActOnATerminal) {
  EXPECT_EQ(InOneLine("re:^/v1/(\\d+) \xc3\xbc"), "re:^/v1/(\\d+) \xc3\xbc");
  EXPECT_EQ(InOneLine("\\ a\x1b[2J\n"), R"(\\ a\x1b[2J\n)");
  EXPECT_EQ(InOneLine("a\xe2\x80\xae"), R"(a\xe2\x80\xae)");
  EXPECT_EQ(InOneLine("\xff"), R"(\xff)");
  EXPECT_EQ(InOneLine(""), "");
}

}  // namespace
}  // namespace shadowreel
