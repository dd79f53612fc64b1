#include "net/http/authority.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(SplitHostPortTest, PortStartsAtTheLastColon) {
  EXPECT_EQ(SplitHostPort("cluster1:80").host, "cluster1");
  EXPECT_EQ(SplitHostPort("cluster1:80").port, "80");
  EXPECT_EQ(SplitHostPort("a:b:80").host, "a:b");
}

TEST(SplitHostPortTest, BracketAfterTheColonMeansNoPort) {
  EXPECT_EQ(SplitHostPort("[::1]").host, "[::1]");
  EXPECT_FALSE(SplitHostPort("[::1]").port.has_value());
  EXPECT_EQ(SplitHostPort("[::1]:80").host, "[::1]");
  EXPECT_EQ(SplitHostPort("[::1]:80").port, "80");
}

TEST(SplitHostPortTest, MissingAndEmptyPortsDiffer) {
  EXPECT_FALSE(SplitHostPort("host").port.has_value());
  EXPECT_EQ(SplitHostPort("host:").port, "");
  EXPECT_EQ(SplitHostPort("").host, "");
}

TEST(WithoutBracketsTest, OnlyAPairGoes) {
  EXPECT_EQ(WithoutBrackets("[::1]"), "::1");
  EXPECT_EQ(WithoutBrackets("::1"), "::1");
  EXPECT_EQ(WithoutBrackets("[shop"), "[shop");
  EXPECT_EQ(WithoutBrackets("["), "[");
  EXPECT_EQ(WithoutBrackets(""), "");
}

TEST(ShadowTest, MarkGoesBeforeThePort) {
  EXPECT_EQ(AddShadow("cluster1"), "cluster1-shadow");
  EXPECT_EQ(AddShadow("cluster1:80"), "cluster1-shadow:80");
  EXPECT_EQ(AddShadow("[::1]:80"), "[::1]-shadow:80");
  EXPECT_EQ(AddShadow("[::1]"), "[::1]-shadow");
}

TEST(ShadowTest, StripUndoesAdd) {
  for (const char* authority : {"cluster1", "cluster1:80", "[::1]:80", "[::1]", "a-shadow:1"}) {
    EXPECT_EQ(StripShadow(AddShadow(authority)), authority);
  }
}

TEST(ShadowTest, PlainFormOf2018IsStripped) {
  EXPECT_EQ(StripShadow("recommendation:8080-shadow"), "recommendation:8080");
  EXPECT_EQ(StripShadow("[::1]:8080-shadow"), "[::1]:8080");
}

TEST(ShadowTest, OtherAuthoritiesStayAsTheyAre) {
  for (const char* authority :
       {"", "host", "host:80", "shadow", "my-shadow-box:80", "-shadow", "-shadow:80", "a:x-shadow",
        "a:-shadow", "host-SHADOW:80", "[::1]", "::1"}) {
    EXPECT_EQ(StripShadow(authority), authority);
  }
}

TEST(AuthorityOfTargetTest, OnlyAbsoluteFormHasOne) {
  EXPECT_EQ(AuthorityOfTarget("http://host:80/path?q"), "host:80");
  EXPECT_EQ(AuthorityOfTarget("http://host"), "host");
  EXPECT_EQ(AuthorityOfTarget("https://[::1]:8443?q"), "[::1]:8443");
  EXPECT_EQ(AuthorityOfTarget("http:///path"), "");
  EXPECT_FALSE(AuthorityOfTarget("/redirect?to=http://elsewhere/").has_value());
  EXPECT_FALSE(AuthorityOfTarget("*").has_value());
  EXPECT_FALSE(AuthorityOfTarget("://host").has_value());
  EXPECT_FALSE(AuthorityOfTarget("").has_value());
}

TEST(AuthorityOfTargetTest, UserInformationIsLeftOut) {
  EXPECT_EQ(AuthorityOfTarget("http://user:secret@host:80/"), "host:80");
}

TEST(AuthorityTest, AnAuthorityIsPrintableAndHoldsNoDelimiter) {
  for (const char* text : {"shop", "shop.example:8080", "[::1]:80", "a_b"}) {
    EXPECT_TRUE(IsAuthority(text)) << text;
  }
  for (const char* text : {"", "a b", "http://a", "user@a", "a\x7f", "a\n", "a?b", "\xc3\xa4"}) {
    EXPECT_FALSE(IsAuthority(text)) << text;
  }
}

}  // namespace
}  // namespace shadowreel
