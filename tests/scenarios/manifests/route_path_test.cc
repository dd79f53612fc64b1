#include "scenarios/manifests/route_path.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

using Match = PathMatch::Kind;
using Rewrite = RouteRewrite::Kind;

RoutePath Path(Match match, const std::string& value, Rewrite rewrite, const std::string& to,
               const std::string& expression = "") {
  RouteRewrite done;
  done.kind = rewrite;
  done.to = to;
  done.expression = expression;
  auto path = RoutePath::Create({match, value}, done);
  EXPECT_TRUE(path.ok()) << Message(path.status());
  return *std::move(path);
}

TEST(RoutePath, MatchesAsEnvoyDoes) {
  const RoutePath exact = Path(Match::kExact, "/a", Rewrite::kNone, "");
  EXPECT_TRUE(exact.Matches("/a"));
  EXPECT_FALSE(exact.Matches("/a/"));
  const RoutePath prefix = Path(Match::kPrefix, "/a", Rewrite::kNone, "");
  EXPECT_TRUE(prefix.Matches("/ab"));
  EXPECT_FALSE(prefix.Matches("/b"));
  for (const char* value : {"/a", "/a/"}) {
    const RoutePath segments = Path(Match::kSegmentPrefix, value, Rewrite::kNone, "");
    EXPECT_TRUE(segments.Matches("/a"));
    EXPECT_TRUE(segments.Matches("/a/"));
    EXPECT_TRUE(segments.Matches("/a/b"));
    EXPECT_FALSE(segments.Matches("/ab"));
  }
  const RoutePath regex = Path(Match::kRegex, "/v[12]/.*", Rewrite::kNone, "");
  EXPECT_TRUE(regex.Matches("/v1/x"));
  EXPECT_FALSE(regex.Matches("/x/v1/x")) << "the whole path";
  EXPECT_TRUE(Path(Match::kAny, "", Rewrite::kNone, "").Matches("/x"));
}

TEST(RoutePath, APrefixIsReplacedAsText) {
  const RoutePath seed = Path(Match::kPrefix, "/serviceB", Rewrite::kUri, "/");
  EXPECT_EQ(seed.Apply("/serviceB/headers"), "//headers");
  EXPECT_EQ(seed.Apply("/serviceB"), "/");
  const RoutePath other = Path(Match::kPrefix, "/api/", Rewrite::kUri, "/v2/");
  EXPECT_EQ(other.Apply("/api/x"), "/v2/x");
  EXPECT_EQ(Path(Match::kAny, "", Rewrite::kUri, "/v2/").Apply("/x"), "/v2/x")
      << "no condition is the prefix /";
}

// The table of the Gateway API's HTTPPathModifier.
TEST(RoutePath, ReplacePrefixMatchIsBySegments) {
  const struct {
    const char *path, *prefix, *to, *result;
  } kTable[] = {
      {"/foo/bar", "/foo", "/xyz", "/xyz/bar"},
      {"/foo/bar", "/foo", "/xyz/", "/xyz/bar"},
      {"/foo/bar", "/foo/", "/xyz", "/xyz/bar"},
      {"/foo/bar", "/foo/", "/xyz/", "/xyz/bar"},
      {"/foo", "/foo", "/xyz", "/xyz"},
      {"/foo/", "/foo", "/xyz", "/xyz/"},
      {"/foo/bar", "/foo", "", "/bar"},
      {"/foo/", "/foo", "", "/"},
      {"/foo", "/foo", "", "/"},
      {"/foo/", "/foo", "/", "/"},
      {"/foo", "/foo", "/", "/"},
  };
  for (const auto& row : kTable) {
    const RoutePath path = Path(Match::kSegmentPrefix, row.prefix, Rewrite::kSegmentPrefix, row.to);
    EXPECT_EQ(path.Apply(row.path), row.result) << row.path << " " << row.prefix << " " << row.to;
  }
}

TEST(RoutePath, WhatReplacesWholePathsLeavesNothingOfThem) {
  EXPECT_EQ(Path(Match::kSegmentPrefix, "/a", Rewrite::kFullPath, "/z").Apply("/a/b"), "/z");
  EXPECT_EQ(Path(Match::kExact, "/a", Rewrite::kUri, "/z").Apply("/a"), "/z");
  EXPECT_EQ(Path(Match::kRegex, "/a.*", Rewrite::kUri, "/z").Apply("/ab"), "/z");
}

TEST(RoutePath, ARegexIsReplacedEverywhereInThePath) {
  const RoutePath path =
      Path(Match::kPrefix, "/", Rewrite::kUriRegex, "/\\1-v2", "/(cart|shop)-v1");
  EXPECT_EQ(path.Apply("/cart-v1/shop-v1/x"), "/cart-v2/shop-v2/x");
  EXPECT_EQ(path.Undo("/cart-v2"), std::nullopt);
}

TEST(RoutePath, UndoGivesWhatClientsSend) {
  const struct {
    const char *prefix, *to, *path, *result;
  } kTable[] = {
      {"/serviceB", "/", "//headers", "/serviceB/headers"},
      {"/serviceB", "/", "/headers", "/serviceB/headers"},
      {"/serviceB", "/", "/", "/serviceB"},
      {"/serviceB", "/", "//", "/serviceB/"},
      {"/serviceB/", "/", "/headers", "/serviceB/headers"},
      {"/serviceB/", "/", "//headers", "/serviceB/headers"},
      {"/api", "/v2", "/v2/x", "/api/x"},
      {"/api", "/v2", "/v2", "/api"},
      {"/api", "/v2", "/v2x", "/apix"},
      {"/api/", "/v2/", "/v2/x/", "/api/x/"},
      {"/", "/v2/", "/v2/x", "/x"},
  };
  for (const auto& row : kTable) {
    const RoutePath path = Path(Match::kPrefix, row.prefix, Rewrite::kUri, row.to);
    EXPECT_EQ(path.Undo(row.path), row.result) << row.prefix << " " << row.to << " " << row.path;
  }
  EXPECT_EQ(Path(Match::kPrefix, "/api", Rewrite::kUri, "/v2").Undo("/v3/x"), std::nullopt);
}

TEST(RoutePath, UndoOfSegmentsIsBySegments) {
  const RoutePath path = Path(Match::kSegmentPrefix, "/foo", Rewrite::kSegmentPrefix, "/xyz");
  EXPECT_EQ(path.Undo("/xyz/bar"), "/foo/bar");
  EXPECT_EQ(path.Undo("/xyz"), "/foo");
  EXPECT_EQ(path.Undo("/xyzbar"), std::nullopt);
  const RoutePath root = Path(Match::kSegmentPrefix, "/foo", Rewrite::kSegmentPrefix, "/");
  EXPECT_EQ(root.Undo("/bar"), "/foo/bar");
  EXPECT_EQ(root.Undo("/"), "/foo");
}

TEST(RoutePath, UndoOfAWholePathNeedsAnExactMatch) {
  EXPECT_EQ(Path(Match::kExact, "/a", Rewrite::kUri, "/z").Undo("/z"), "/a");
  EXPECT_EQ(Path(Match::kExact, "/a", Rewrite::kUri, "/z").Undo("/y"), std::nullopt);
  EXPECT_EQ(Path(Match::kSegmentPrefix, "/a", Rewrite::kFullPath, "/z").Undo("/z"), std::nullopt);
  EXPECT_EQ(Path(Match::kRegex, "/a.*", Rewrite::kUri, "/z").Undo("/z"), std::nullopt);
}

TEST(RoutePath, WithoutARewriteOnlyWhatMatchesIsOfTheRoute) {
  const RoutePath path = Path(Match::kPrefix, "/a", Rewrite::kNone, "");
  EXPECT_EQ(path.Undo("/a/b"), "/a/b");
  EXPECT_EQ(path.Undo("/b"), std::nullopt);
  EXPECT_EQ(path.Apply("/a/b"), "/a/b");
}

TEST(RoutePath, AWrongExpressionIsAnError) {
  RouteRewrite rewrite;
  EXPECT_EQ(Message(RoutePath::Create({Match::kRegex, "/("}, rewrite).status()),
            "expression '/(': missing ): /(");
  rewrite.kind = Rewrite::kUriRegex;
  rewrite.expression = "/(.*)";
  rewrite.to = "/\\2";
  const absl::Status status = RoutePath::Create({Match::kPrefix, "/"}, rewrite).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(Message(status).find("rewrite '/\\2' of expression '/(.*)'"), std::string::npos);
}

}  // namespace
}  // namespace shadowreel
