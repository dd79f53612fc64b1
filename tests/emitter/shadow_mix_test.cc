#include "tests/emitter/shadow_mix.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "net/http/fields.h"

namespace shadowreel {
namespace {

constexpr uint64_t kCount = 3000;

std::set<std::string> AuthoritiesOf(ShadowSuffix suffix) {
  const ShadowMix mix({.suffix = suffix});
  std::set<std::string> authorities;
  for (uint64_t n = 0; n < kCount; ++n) authorities.insert(mix.Make(n)->record.authority);
  return authorities;
}

TEST(ShadowMixTest, SuffixStandsBeforeThePort) {
  EXPECT_EQ(AuthoritiesOf(ShadowSuffix::kBeforePort),
            (std::set<std::string>{"shop.example-shadow", "shop.example-shadow:8080",
                                   "[::1]-shadow:80", "[2001:db8::7]-shadow",
                                   "192.0.2.10-shadow:9080", "httpbin-shadow:8000"}));
}

TEST(ShadowMixTest, PlainSuffixStandsAtTheEnd) {
  EXPECT_EQ(AuthoritiesOf(ShadowSuffix::kPlain),
            (std::set<std::string>{"shop.example-shadow", "shop.example:8080-shadow",
                                   "[::1]:80-shadow", "[2001:db8::7]-shadow",
                                   "192.0.2.10:9080-shadow", "httpbin:8000-shadow"}));
}

TEST(ShadowMixTest, NoSuffixLeavesTheAuthority) {
  EXPECT_EQ(AuthoritiesOf(ShadowSuffix::kNone),
            (std::set<std::string>{"shop.example", "shop.example:8080", "[::1]:80", "[2001:db8::7]",
                                   "192.0.2.10:9080", "httpbin:8000"}));
}

TEST(ShadowMixTest, SameSeedAndNumberGiveTheSameRequest) {
  const ShadowMix one({.seed = 7, .reset_percent = 10});
  const ShadowMix other({.seed = 7, .reset_percent = 10});
  for (uint64_t n : {0, 17, 2999}) {
    EXPECT_EQ(one.Make(n)->record.headers, other.Make(n)->record.headers);
    EXPECT_EQ(one.Make(n)->record.body, other.Make(n)->record.body);
  }
  EXPECT_NE(ShadowMix({.seed = 8}).Make(0)->record.headers.Find("x-request-id"),
            ShadowMix({.seed = 7}).Make(0)->record.headers.Find("x-request-id"));
}

TEST(ShadowMixTest, EachRequestIsMarkedAsEnvoyMarksShadows) {
  const ShadowMix mix({.clients = 50});
  std::set<std::string> ids;
  std::set<std::string> forwarded;
  for (uint64_t n = 0; n < kCount; ++n) {
    const ShadowRequestPtr request = mix.Make(n);
    const Fields& headers = request->record.headers;
    EXPECT_EQ(headers[0].name, "host");
    EXPECT_EQ(headers.Find("x-envoy-internal"), "true");
    EXPECT_TRUE(headers.Find("x-forwarded-for")->ends_with(",10.244.0.7"));
    ids.emplace(*headers.Find("x-request-id"));
    forwarded.emplace(*headers.Find("x-forwarded-for"));
  }
  EXPECT_EQ(ids.size(), kCount);
  EXPECT_EQ(forwarded.size(), 50);
}

TEST(ShadowMixTest, ResetRequestsAnnounceMoreThanTheySend) {
  const ShadowMix mix({.streaming_percent = 50, .reset_percent = 5, .reset_burst = 100});
  uint64_t resets = 0;
  for (uint64_t n = 0; n < kCount; ++n) {
    const ShadowRequestPtr request = mix.Make(n);
    const Record& record = request->record;
    EXPECT_FALSE(n < 100 && record.complete) << n;
    if (record.complete) continue;
    ++resets;
    const auto length = record.headers.Find("content-length");
    EXPECT_EQ(length.has_value(), record.framing == Framing::kContentLength);
    if (!length) continue;
    EXPECT_GT(std::stoul(std::string(*length)), record.body.size());
  }
  EXPECT_GT(resets, 150);
  EXPECT_LT(resets, 400);
}

TEST(ShadowMixTest, Http2HasCookieCrumbsAndGrpcAndNoConnectionFields) {
  const ShadowMix mix({.version = HttpVersion::kHttp2});
  uint64_t crumbs = 0;
  uint64_t grpc = 0;
  for (uint64_t n = 0; n < kCount; ++n) {
    const ShadowRequestPtr request = mix.Make(n);
    const Fields& headers = request->record.headers;
    crumbs += headers.Count("cookie") == 2;
    EXPECT_FALSE(headers.Find("host") || headers.Find("transfer-encoding"));
    if (headers.Find("content-type") != "application/grpc") continue;
    ++grpc;
    EXPECT_EQ(headers.Find("te"), "trailers");
    EXPECT_FALSE(headers.Find("content-length"));
    const std::string& body = request->record.body;
    const auto byte = [&](size_t at) { return static_cast<uint8_t>(body[at]); };
    EXPECT_EQ(byte(1) << 24 | byte(2) << 16 | byte(3) << 8 | byte(4),
              static_cast<int>(body.size() - 5));
  }
  EXPECT_GT(crumbs, 1000);
  EXPECT_GT(grpc, 200);
}

}  // namespace
}  // namespace shadowreel
