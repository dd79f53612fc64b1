#include "scenarios/manifests/route_rewrites.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

using Match = PathMatch::Kind;
using Rewrite = RouteRewrite::Kind;

Route ARoute(const std::string& host, Match match, const std::string& value, Rewrite rewrite,
             const std::string& to) {
  Route route;
  route.object = {"networking.istio.io/v1", "VirtualService", "prod", "shop"};
  route.hosts = {host};
  route.matches.emplace_back().path = {match, value};
  route.rewrite.kind = rewrite;
  route.rewrite.to = to;
  return route;
}

Route Seed() { return ARoute("*", Match::kPrefix, "/serviceB", Rewrite::kUri, "/"); }

Route Mirrored(Route route) {
  route.mirrors.emplace_back();
  return route;
}

Record ARecord(const std::string& target, const std::string& authority = "shop.example") {
  Record record;
  record.method = "GET";
  record.target = target;
  record.authority = record.stripped_authority = authority;
  record.headers.Add("Host", authority);
  return record;
}

class RouteRewritesTest : public testing::Test {
 protected:
  RouteRewrites Rewrites(RewriteDirection direction, std::vector<Route> routes) {
    Mesh mesh;
    mesh.routes = std::move(routes);
    auto rewrites = RouteRewrites::Create(mesh, direction, &notes_);
    EXPECT_TRUE(rewrites.ok()) << Message(rewrites.status());
    return *std::move(rewrites);
  }

  // What becomes of a record's target; "unrouted" when no route fits.
  static std::string Done(const RouteRewrites& rewrites, Record record) {
    const std::string before = record.target;
    if (rewrites.Rewrite(&record)) return record.target;
    EXPECT_EQ(record.target, before);
    return "unrouted";
  }

  std::vector<std::string> notes_;
};

constexpr RewriteDirection kApply = RewriteDirection::kApply;
constexpr RewriteDirection kUndo = RewriteDirection::kUndo;

TEST_F(RouteRewritesTest, TheQueryAndTheFormOfTheTargetStay) {
  const RouteRewrites apply = Rewrites(kApply, {Seed()});
  EXPECT_EQ(Done(apply, ARecord("/serviceB/a?b=/serviceB")), "//a?b=/serviceB");
  EXPECT_EQ(Done(apply, ARecord("http://shop.example:80/serviceB/a?b")),
            "http://shop.example:80//a?b");
  EXPECT_EQ(Done(apply, ARecord("/other")), "unrouted");
  EXPECT_EQ(Done(apply, ARecord("*")), "unrouted");
  const RouteRewrites undo = Rewrites(kUndo, {Seed()});
  EXPECT_EQ(Done(undo, ARecord("//a?b=/x")), "/serviceB/a?b=/x");
  EXPECT_EQ(Done(undo, ARecord("/?b")), "/serviceB?b");
  EXPECT_EQ(Done(undo, ARecord("*")), "unrouted");
}

TEST_F(RouteRewritesTest, UndoTakesTheClientsPathWhereEnvoyKeptIt) {
  const RouteRewrites undo = Rewrites(kUndo, {Seed()});
  Record record = ARecord("//a?b");
  record.headers.Add("x-envoy-original-path", "/elsewhere//a?b");
  EXPECT_EQ(Done(undo, record), "/elsewhere//a?b");
  record = ARecord("//a");
  record.headers.Add("X-Envoy-Original-Path", "no path");
  EXPECT_EQ(Done(undo, record), "/serviceB/a");
  record = ARecord("/serviceB/a");
  record.headers.Add("x-envoy-original-path", "/elsewhere");
  EXPECT_EQ(Done(Rewrites(kApply, {Seed()}), record), "//a") << "of no meaning to apply";
}

TEST_F(RouteRewritesTest, TheFirstRouteInOrderThatFitsIsTaken) {
  Route post = ARoute("*", Match::kPrefix, "/a", Rewrite::kUri, "/post");
  post.matches[0].method = "POST";
  const RouteRewrites apply =
      Rewrites(kApply, {post, ARoute("*", Match::kPrefix, "/a/b", Rewrite::kUri, "/1"),
                        ARoute("*", Match::kPrefix, "/a", Rewrite::kUri, "/2")});
  EXPECT_EQ(Done(apply, ARecord("/a/b")), "/1");
  EXPECT_EQ(Done(apply, ARecord("/a/c")), "/2/c");
  Record record = ARecord("/a/b");
  record.method = "POST";
  EXPECT_EQ(Done(apply, record), "/post/b");
}

TEST_F(RouteRewritesTest, OfHttpRoutesTheMatchThatAsksForMostIsTaken) {
  Route route = ARoute("*", Match::kSegmentPrefix, "/", Rewrite::kFullPath, "/any");
  route.object.kind = "HTTPRoute";
  route.hosts.clear();
  std::vector<Route> routes = {route, route, route, route};
  routes[1].matches[0].path.value = "/a";
  routes[1].rewrite.to = "/prefix";
  routes[2].matches[0].path.value = "/a";
  routes[2].matches[0].method = "GET";
  routes[2].rewrite.to = "/method";
  routes[3].matches[0].path = {Match::kExact, "/a"};
  routes[3].rewrite.to = "/exact";
  const RouteRewrites apply = Rewrites(kApply, routes);
  EXPECT_EQ(Done(apply, ARecord("/a")), "/exact");
  EXPECT_EQ(Done(apply, ARecord("/a/b")), "/method");
  EXPECT_EQ(Done(apply, ARecord("/b")), "/any");
  Record record = ARecord("/a/b");
  record.method = "POST";
  EXPECT_EQ(Done(apply, record), "/prefix");
}

TEST_F(RouteRewritesTest, OneOfARoutesMatchesIsEnough) {
  Route route = ARoute("*", Match::kExact, "/a", Rewrite::kUri, "/z");
  route.matches.emplace_back().path = {Match::kPrefix, "/b"};
  const RouteRewrites apply = Rewrites(kApply, {route});
  EXPECT_EQ(Done(apply, ARecord("/a")), "/z");
  EXPECT_EQ(Done(apply, ARecord("/b/c")), "/z/c");
  route.matches.clear();
  EXPECT_EQ(Done(Rewrites(kApply, {route}), ARecord("/c")), "/zc") << "every request";
}

TEST_F(RouteRewritesTest, TheNearestHostIsTakenBeforeTheOrder) {
  const auto to = [](const std::string& host, const std::string& path) {
    return ARoute(host, Match::kPrefix, "/", Rewrite::kUri, path);
  };
  const RouteRewrites apply =
      Rewrites(kApply, {to("*", "/any/"), to("*.example", "/example/"),
                        to("*.shop.example", "/sub/"), to("Shop.example", "/shop/")});
  EXPECT_EQ(Done(apply, ARecord("/x", "shop.EXAMPLE:8080")), "/shop/x");
  EXPECT_EQ(Done(apply, ARecord("/x", "a.shop.example")), "/sub/x");
  EXPECT_EQ(Done(apply, ARecord("/x", "b.example")), "/example/x");
  EXPECT_EQ(Done(apply, ARecord("/x", "example")), "/any/x");
  EXPECT_EQ(Done(apply, ARecord("/x", "")), "/any/x");
}

TEST_F(RouteRewritesTest, AShortHostIsTheServiceInTheRoutesNamespace) {
  const RouteRewrites apply =
      Rewrites(kApply, {ARoute("cart", Match::kPrefix, "/", Rewrite::kUri, "/c/")});
  for (const char* host : {"cart", "cart:80", "cart.prod", "cart.prod.svc.cluster.local"}) {
    EXPECT_EQ(Done(apply, ARecord("/x", host)), "/c/x") << host;
  }
  EXPECT_EQ(Done(apply, ARecord("/x", "cart.test")), "unrouted");
}

TEST_F(RouteRewritesTest, RoutesWithAMirrorCountWhenThereAreSome) {
  Route first = ARoute("*", Match::kPrefix, "/serviceB/own", Rewrite::kUri, "/own");
  const RouteRewrites apply = Rewrites(kApply, {first, Mirrored(Seed())});
  EXPECT_EQ(Done(apply, ARecord("/serviceB/a")), "//a");
  EXPECT_EQ(Done(apply, ARecord("/serviceB/own/a")), "unrouted") << "goes another way";
  const RouteRewrites undo = Rewrites(kUndo, {first, Mirrored(Seed())});
  EXPECT_EQ(Done(undo, ARecord("/own/a")), "/serviceB/own/a") << "no mirror sends that as /own";
  EXPECT_EQ(Done(Rewrites(kUndo, {first, Seed()}), ARecord("/own/a")), "/serviceB/own/a");
}

TEST_F(RouteRewritesTest, AnAuthorityRewriteIsDoneAndUndone) {
  Route route = ARoute("shop.example", Match::kPrefix, "/", Rewrite::kNone, "");
  route.rewrite.authority = "shop.internal";
  Record record = ARecord("/x");
  record.headers.Add("Via", "shop.example");
  ASSERT_TRUE(Rewrites(kApply, {route}).Rewrite(&record));
  EXPECT_EQ(record.target, "/x");
  EXPECT_EQ(record.authority, "shop.internal");
  EXPECT_EQ(record.stripped_authority, "shop.internal");
  EXPECT_EQ(record.headers.Find("host"), "shop.internal");
  EXPECT_EQ(record.headers.Find("via"), "shop.example");

  record.headers.SetValue(0, "shop.internal-shadow");
  record.authority = "shop.internal-shadow";
  ASSERT_TRUE(Rewrites(kUndo, {route}).Rewrite(&record));
  EXPECT_EQ(record.authority, "shop.example");
  EXPECT_EQ(record.stripped_authority, "shop.example");
  EXPECT_EQ(record.headers.Find("host"), "shop.example");

  route.hosts = {"*.example"};
  record = ARecord("/x", "shop.internal");
  ASSERT_TRUE(Rewrites(kUndo, {route}).Rewrite(&record));
  EXPECT_EQ(record.authority, "shop.internal") << "which of them cannot be told";
}

TEST_F(RouteRewritesTest, OtherConditionsCountAsMetAndAreSaid) {
  Route route = Seed();
  route.matches[0].further = {"headers", "port"};
  route.matches[0].place = {std::make_shared<const std::string>("vs.yaml"), 12, 7};
  EXPECT_EQ(Done(Rewrites(kApply, {route}), ARecord("/serviceB/a")), "//a");
  EXPECT_EQ(notes_, std::vector<std::string>{
                        "vs.yaml:12:7: the match's headers, port are not looked at; they count as "
                        "met"});
}

TEST_F(RouteRewritesTest, NoRouteAndAWrongExpressionAreErrors) {
  EXPECT_EQ(Message(RouteRewrites::Create({}, kApply, &notes_).status()),
            "no route among the manifests: add the VirtualService or HTTPRoute");
  Mesh mesh;
  mesh.routes = {ARoute("*", Match::kRegex, "/(", Rewrite::kNone, "")};
  mesh.routes[0].matches[0].place = {std::make_shared<const std::string>("vs.yaml"), 9, 5};
  EXPECT_EQ(Message(RouteRewrites::Create(mesh, kApply, &notes_).status()),
            "vs.yaml:9:5: expression '/(': missing ): /(");
}

TEST_F(RouteRewritesTest, ARewriteThatLeavesNoPathIsNone) {
  EXPECT_EQ(Done(Rewrites(kApply, {ARoute("*", Match::kPrefix, "/a", Rewrite::kUri, "b")}),
                 ARecord("/a/c")),
            "unrouted");
}

}  // namespace
}  // namespace shadowreel
