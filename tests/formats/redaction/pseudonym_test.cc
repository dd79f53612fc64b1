#include "formats/redaction/pseudonym.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace shadowreel {
namespace {

const std::string kKey(32, 'k');

std::string MakeToken(std::string_view key, RedactionClass kind, std::string_view value) {
  std::string token;
  TokenMaker(key).Append(kind, value, &token);
  return token;
}

TEST(PseudonymTest, TokensAreAppended) {
  const TokenMaker tokens(kKey);
  std::string text = "before ";
  tokens.Append(RedactionClass::kQuery, "one", &text);
  tokens.Append(RedactionClass::kQuery, "two", &text);
  EXPECT_EQ(text, "before " + MakeToken(kKey, RedactionClass::kQuery, "one") +
                      MakeToken(kKey, RedactionClass::kQuery, "two"));
}

TEST(PseudonymTest, TokenHasItsShape) {
  const std::string token = MakeToken(kKey, RedactionClass::kCookie, "value");
  EXPECT_EQ(token.size(), kTokenLength);
  EXPECT_EQ(token.substr(0, 4), "sr1c");
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_"),
            std::string::npos);
  EXPECT_TRUE(IsPseudonymToken(token));
}

TEST(PseudonymTest, ValueClassAndKeyDecideTheToken) {
  const std::string token = MakeToken(kKey, RedactionClass::kCookie, "value");
  EXPECT_EQ(MakeToken(kKey, RedactionClass::kCookie, "value"), token);
  EXPECT_NE(MakeToken(kKey, RedactionClass::kCookie, "other"), token);
  EXPECT_NE(MakeToken(std::string(32, 'x'), RedactionClass::kCookie, "value"), token);
  const std::string other_class = MakeToken(kKey, RedactionClass::kQuery, "value");
  EXPECT_NE(other_class.substr(4, 22), token.substr(4, 22));
}

TEST(PseudonymTest, AnyChangedByteIsNoToken) {
  const std::string token = MakeToken(kKey, RedactionClass::kCard, "4111111111111111");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(IsPseudonymToken(changed)) << changed;
  }
  EXPECT_FALSE(IsPseudonymToken(token.substr(1)));
  EXPECT_FALSE(IsPseudonymToken(token + "A"));
  EXPECT_FALSE(IsPseudonymToken(""));
}

TEST(PseudonymTest, ThreeTokensJoinedByDotsAreAPseudonym) {
  const std::string token = MakeToken(kKey, RedactionClass::kJwt, "part");
  EXPECT_TRUE(IsPseudonym(token));
  EXPECT_TRUE(IsPseudonym(token + "." + token + "." + token));
  EXPECT_FALSE(IsPseudonym(token + "." + token));
  EXPECT_FALSE(IsPseudonym(token + "." + token + "-" + token));
  EXPECT_FALSE(IsPseudonym(token + "." + token + "." + std::string(kTokenLength, 'a')));
}

}  // namespace
}  // namespace shadowreel
