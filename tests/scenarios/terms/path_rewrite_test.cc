#include "scenarios/terms/path_rewrite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/exit_code.h"
#include "base/status.h"

namespace shadowreel {
namespace {

using ::testing::HasSubstr;

// What the rules make of the target; "-" when none fits.
std::string Rewritten(const std::vector<std::string>& rules, std::string_view target) {
  std::vector<PathRewrite> parsed;
  for (const std::string& rule : rules) {
    auto rewrite = PathRewrite::Parse(rule);
    EXPECT_TRUE(rewrite.ok()) << rewrite.status();
    parsed.push_back(*rewrite);
  }
  return RewriteTarget(parsed, target).value_or("-");
}

TEST(PathRewriteTest, APrefixIsReplacedTextForText) {
  EXPECT_EQ(Rewritten({"/old -> /new"}, "/old/a"), "/new/a");
  EXPECT_EQ(Rewritten({"/old -> /new"}, "/old"), "/new");
  EXPECT_EQ(Rewritten({"/old -> /new"}, "/a/old"), "-");
  EXPECT_EQ(Rewritten({"/serviceB -> /"}, "/serviceB/x"), "//x");
  EXPECT_EQ(Rewritten({"/serviceB -> /"}, "/serviceBeta"), "/eta");
  EXPECT_EQ(Rewritten({"/serviceB/ -> /"}, "/serviceB/x"), "/x");
  EXPECT_EQ(Rewritten({"/ -> /api/"}, "/x"), "/api/x");
}

TEST(PathRewriteTest, AnExpressionReplacesEveryMatchAndTakesGroups) {
  EXPECT_EQ(Rewritten({R"(re:^/v1/(.*) -> /v2/\1)"}, "/v1/a/b"), "/v2/a/b");
  EXPECT_EQ(Rewritten({"re:one -> two"}, "/xxx/one/yyy/one/zzz"), "/xxx/two/yyy/two/zzz");
  EXPECT_EQ(Rewritten({R"(re:/(\w+)/(\w+)$ -> /\2/\1\0)"}, "/a/b"), "/b/a/a/b");
  EXPECT_EQ(Rewritten({"re:.* -> /x"}, "/abc"), "/x");
  EXPECT_EQ(Rewritten({"re:x -> y"}, "/a"), "-");
}

TEST(PathRewriteTest, AnExpressionSeesBytes) {
  EXPECT_EQ(Rewritten({R"(re:\xff. -> y)"}, "/\xff\xfe"), "/y");
}

TEST(PathRewriteTest, APathThatLostItsSlashGetsOne) {
  EXPECT_EQ(Rewritten({"re:^/v1/ -> "}, "/v1/x"), "/x");
  EXPECT_EQ(Rewritten({"re:.* ->"}, "/v1/x?q"), "/?q");
  EXPECT_EQ(Rewritten({"re:^/ -> .evil.example/"}, "http://shop.example/x"),
            "http://shop.example/.evil.example/x");
}

TEST(PathRewriteTest, TheQueryStaysAsItIs) {
  EXPECT_EQ(Rewritten({"/a -> /b"}, "/a?/a=/a?x"), "/b?/a=/a?x");
  EXPECT_EQ(Rewritten({"re:a -> b"}, "/a?a"), "/b?a");
  EXPECT_EQ(Rewritten({"re:a -> b"}, "/x?a"), "-");
}

TEST(PathRewriteTest, TheAuthorityOfAnAbsoluteTargetStays) {
  EXPECT_EQ(Rewritten({"/a -> /b"}, "http://a.example:80/a/c?q"), "http://a.example:80/b/c?q");
  EXPECT_EQ(Rewritten({"re:a -> b"}, "http://a.example/x/a"), "http://a.example/x/b");
  EXPECT_EQ(Rewritten({"/ -> /b"}, "http://a.example"), "http://a.example/b");
  EXPECT_EQ(Rewritten({"/ -> /b"}, "http://a.example?q=/"), "http://a.example/b?q=/");
}

TEST(PathRewriteTest, ATargetWithoutAPathFitsNoRule) {
  EXPECT_EQ(Rewritten({"re:.* -> /x"}, "*"), "-");
  EXPECT_EQ(Rewritten({"re:.* -> /x"}, ""), "-");
  EXPECT_EQ(Rewritten({"re:.* -> /x"}, "shop.example:80"), "-");
}

TEST(PathRewriteTest, TheFirstRuleThatFitsIsDoneAndNoOther) {
  const std::vector<std::string> rules = {"/a/b -> /1", "/a -> /b", "/b -> /c"};
  EXPECT_EQ(Rewritten(rules, "/a/b"), "/1");
  EXPECT_EQ(Rewritten(rules, "/a/c"), "/b/c");
  EXPECT_EQ(Rewritten(rules, "/b"), "/c");
  EXPECT_EQ(Rewritten(rules, "/d"), "-");
  EXPECT_EQ(Rewritten({}, "/d"), "-");
}

TEST(PathRewriteTest, TheLastArrowDivides) {
  EXPECT_EQ(Rewritten({"re:a( -> )?b -> c"}, "/ab"), "/c");
  EXPECT_EQ(Rewritten({"  /a   ->   /b "}, "/a"), "/b");
}

TEST(PathRewriteTest, AWrongRuleSaysWhatIsWrong) {
  const std::pair<std::string, const char*> rows[] = {
      {"", "has no arrow"},
      {"/a->/b", "has no arrow"},
      {" -> /b", "'' is no path"},
      {"a -> /b", "'a' is no path"},
      {"/a -> b", "'b' is no path"},
      {"/a -> ", "'' is no path"},
      {"/a?x -> /b", "'/a?x' is no path"},
      {"/a -> /b c", "'/b c' is no path"},
      {"re: -> /b", "no expression"},
      {"re:( -> /b", "'(' is no RE2 expression: missing"},
      {R"(re:a -> \1)", "only has 0 parenthesized"},
      {"re:a -> b?c", "'b?c' is no part of a path"},
      {std::string(1025, '/'), "a rule of 1025 bytes"},
  };
  for (const auto& [text, says] : rows) {
    const auto rewrite = PathRewrite::Parse(text);
    ASSERT_FALSE(rewrite.ok()) << text;
    EXPECT_EQ(ExitCodeFor(rewrite.status()), ExitCode::kUsage);
    EXPECT_THAT(Message(rewrite.status()), HasSubstr(says));
  }
}

}  // namespace
}  // namespace shadowreel
