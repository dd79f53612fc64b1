#include "scenarios/emit/manifest_json.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

std::string Scalar(const std::string& text, bool quoted = false) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = text;
  node.quoted = quoted;
  return ManifestJson(node).dump();
}

TEST(ManifestJsonTest, PlainScalarsAreWhatTheCoreSchemaSays) {
  EXPECT_EQ(Scalar("50"), "50");
  EXPECT_EQ(Scalar("-7"), "-7");
  EXPECT_EQ(Scalar("+7"), "7");
  EXPECT_EQ(Scalar("0x1f"), "31");
  EXPECT_EQ(Scalar("0o17"), "15");
  EXPECT_EQ(Scalar("12.5"), "12.5");
  EXPECT_EQ(Scalar("true"), "true");
  EXPECT_EQ(Scalar("False"), "false");
  EXPECT_EQ(Scalar("~"), "null");
  EXPECT_EQ(Scalar(""), "null");
  EXPECT_EQ(Scalar("5s"), "\"5s\"");
  EXPECT_EQ(Scalar("/api"), "\"/api\"");
  for (const char* text :
       {"nan", "inf", ".inf", "+-7", "-", "e", "1e", "1.2.3", "0x", "y", "yEs"}) {
    EXPECT_EQ(Scalar(text), "\"" + std::string(text) + "\"");
  }
}

TEST(ManifestJsonTest, BooleansAreThoseThatKubectlReads) {
  for (const char* text : {"yes", "Yes", "YES", "on", "On", "ON", "TRUE"}) {
    EXPECT_EQ(Scalar(text), "true") << text;
  }
  for (const char* text : {"no", "No", "NO", "off", "Off", "OFF", "FALSE"}) {
    EXPECT_EQ(Scalar(text), "false") << text;
  }
  EXPECT_EQ(Scalar("yes", true), "\"yes\"");
}

TEST(ManifestJsonTest, WholeNumbersAreIntegersAsServersStoreThem) {
  EXPECT_EQ(Scalar("50.0"), "50");
  EXPECT_EQ(Scalar("1e3"), "1000");
}

TEST(ManifestJsonTest, QuotedScalarsAreText) {
  EXPECT_EQ(Scalar("50", true), "\"50\"");
  EXPECT_EQ(Scalar("true", true), "\"true\"");
  EXPECT_EQ(Scalar("", true), "\"\"");
}

TEST(ManifestJsonTest, TextIsEscapedAsGoDoes) {
  EXPECT_EQ(ManifestJsonText(Json{{"regex", "^/(?P<a>&)\"$"}}),
            "{\n  \"regex\": \"^/(?P\\u003ca\\u003e\\u0026)\\\"$\"\n}\n");
}

}  // namespace
}  // namespace shadowreel
