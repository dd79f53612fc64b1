#include "replayer/plan/plan_digest.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace shadowreel {
namespace {

PlannedRequest Planned() {
  PlannedRequest planned;
  planned.index = 3;
  planned.intended = Nanos(1'000'000);
  planned.endpoint = "POST /a";
  planned.request.method = "POST";
  planned.request.target = "/a";
  planned.request.headers.Add("Host", "v2.test:8080");
  planned.request.headers.Add("x-a", "1");
  planned.request.headers.Add("x-run", "17");
  planned.request.body = "body";
  return planned;
}

std::string DigestOf(const std::vector<PlannedRequest>& plan, bool names_target = false) {
  PlanDigest digest("X-Run");
  for (const PlannedRequest& planned : plan) digest.Add(digest.HashOf(planned, names_target));
  return digest.Value();
}

TEST(PlanDigestTest, EveryPartCounts) {
  const std::vector<std::function<void(PlannedRequest&)>> changes = {
      [](PlannedRequest&) {},
      [](PlannedRequest& p) { p.index = 4; },
      [](PlannedRequest& p) { p.intended += Nanos(1); },
      [](PlannedRequest& p) { p.request.method = "PUT"; },
      [](PlannedRequest& p) { p.request.target = "/b"; },
      [](PlannedRequest& p) { p.request.http10 = true; },
      [](PlannedRequest& p) { p.request.chunked = true; },
      [](PlannedRequest& p) { p.request.headers.SetValue(0, "v3.test"); },
      [](PlannedRequest& p) { p.request.headers.SetValue(1, "2"); },
      [](PlannedRequest& p) { p.request.headers.Add("x-a", "1"); },
      [](PlannedRequest& p) { p.request.trailers.Add("x-a", "1"); },
      [](PlannedRequest& p) { p.request.body = "bode"; },
      [](PlannedRequest& p) { p.request.body.clear(); },
  };
  std::set<std::string> digests;
  for (const auto& change : changes) {
    PlannedRequest planned = Planned();
    change(planned);
    digests.insert(DigestOf({planned}));
  }
  EXPECT_EQ(digests.size(), changes.size());
  EXPECT_EQ(digests.count(DigestOf({Planned()})), 1u);
}

TEST(PlanDigestTest, BytesThatMoveFromOnePartToTheNextCount) {
  PlannedRequest a = Planned();
  PlannedRequest b = Planned();
  a.request.headers = b.request.headers = Fields();
  a.request.headers.Add("ab", "c");
  b.request.headers.Add("a", "bc");
  EXPECT_NE(DigestOf({a}), DigestOf({b}));
  PlannedRequest c = a;
  c.request.trailers = std::exchange(c.request.headers, Fields());
  EXPECT_NE(DigestOf({a}), DigestOf({c}));
}

TEST(PlanDigestTest, NumberAndOrderOfRequestsCount) {
  PlannedRequest other = Planned();
  other.request.target = "/b";
  std::set<std::string> digests = {DigestOf({}), DigestOf({Planned()}),
                                   DigestOf({Planned(), Planned()}), DigestOf({Planned(), other}),
                                   DigestOf({other, Planned()})};
  EXPECT_EQ(digests.size(), 5u);
}

TEST(PlanDigestTest, TheMarkerAndTheEndpointDoNotCount) {
  PlannedRequest other = Planned();
  other.request.headers.SetValue(2, "18");
  other.endpoint = "POST /{id}";
  EXPECT_EQ(DigestOf({Planned()}), DigestOf({other}));
}

TEST(PlanDigestTest, TheTargetsOwnAuthorityDoesNotCountWhereItIsNamed) {
  PlannedRequest one = Planned();
  PlannedRequest other = Planned();
  one.request.target = "http://v2.test:8080/a";
  other.request.target = "http://v3.test/a";
  other.request.headers.SetValue(0, "v3.test");
  EXPECT_NE(DigestOf({one}, false), DigestOf({other}, false));
  EXPECT_EQ(DigestOf({one}, true), DigestOf({other}, true));
  other.request.target = "http://v3.test/b";
  EXPECT_NE(DigestOf({one}, true), DigestOf({other}, true));
}

// Of version 1, for ever: another value here would make equal plans look different.
TEST(PlanDigestTest, TheValueIsTheSameOnEveryMachine) {
  EXPECT_EQ(DigestOf({}), "db7bc6791c9fcad23205285164d641a5");
  EXPECT_EQ(DigestOf({Planned(), Planned()}), "048abe2491e6d18f8dc6177066081d71");
}

}  // namespace
}  // namespace shadowreel
