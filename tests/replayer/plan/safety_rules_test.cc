#include "replayer/plan/safety_rules.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

std::optional<SkipReason> ReasonFor(std::string method, bool allow = false) {
  Record record;
  record.method = std::move(method);
  return SkipReasonFor(record, allow);
}

TEST(SkipReasonTest, OnlySafeMethodsAreReplayedByDefault) {
  for (const char* method : {"GET", "HEAD", "OPTIONS"}) EXPECT_FALSE(ReasonFor(method)) << method;
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "TRACE", "get", ""}) {
    EXPECT_EQ(ReasonFor(method), SkipReason::kSideEffects) << method;
    EXPECT_FALSE(ReasonFor(method, true)) << method;
  }
}

TEST(SkipReasonTest, WhatIsNotWholeIsSkippedEvenWithSideEffectsAllowed) {
  Record record;
  record.method = "POST";
  record.truncated = true;
  EXPECT_EQ(SkipReasonFor(record, true), SkipReason::kTruncated);
  record.complete = false;
  EXPECT_EQ(SkipReasonFor(record, true), SkipReason::kIncomplete);
}

TEST(SkipReasonTest, NamesAreThoseOfTheSummary) {
  EXPECT_EQ(NameOf(SkipReason::kSideEffects), "side_effects");
  EXPECT_EQ(NameOf(SkipReason::kIncomplete), "incomplete");
  EXPECT_EQ(NameOf(SkipReason::kTruncated), "truncated");
  EXPECT_EQ(NameOf(SkipReason::kNotExpressible), "not_expressible");
}

TEST(AuthorityGuardTest, RefusesTheAuthorityThatTheRecordingCameFrom) {
  struct Row {
    const char* host;
    uint16_t port;
    const char* recorded;
    bool refused;
  };
  const Row rows[] = {
      {"shop.example", 80, "shop.example", true},
      {"shop.example", 443, "shop.example", true},
      {"shop.example", 80, "SHOP.example:80", true},
      {"shop.example.", 80, "shop.example", true},
      {"shop.example", 80, "shop.example.:80", true},
      {"shop.example", 8080, "shop.example", false},
      {"shop.example", 8080, "shop.example:8080", true},
      {"shop.example", 80, "shop.example:8080", false},
      {"shop.example", 80, "shop.example:", true},
      {"shop.example", 80, "shop.example:80x", false},
      {"shop.example", 80, "other.example", false},
      {"shop.example", 80, "", false},
      {"::1", 8080, "[::1]:8080", true},
      {"::1", 80, "[::1]", true},
      {"::1", 81, "[::1]:80", false},
      {"127.0.0.1", 9000, "127.0.0.1:9000", true},
      {"127.0.0.1", 9001, "127.0.0.1:9000", false},
  };
  for (const Row& row : rows) {
    const absl::Status status = AuthorityGuard(row.host, row.port, {}).Check(row.recorded);
    EXPECT_EQ(status.code(),
              row.refused ? absl::StatusCode::kPermissionDenied : absl::StatusCode::kOk)
        << row.host << ":" << row.port << " " << row.recorded;
  }
}

TEST(AuthorityGuardTest, TheRefusalSaysWhatToDo) {
  EXPECT_EQ(Message(AuthorityGuard("shop.example", 80, {}).Check("shop.example")),
            "the recording was taken from the target itself ('shop.example'); name another "
            "--target, or allow this one with --allow_target=shop.example");
}

TEST(AuthorityGuardTest, RefusesEndpointsOfTheSubsetToo) {
  AuthorityGuard guard("shop.example", 80, {"10.0.0.2", "shop.example"});
  guard.AddEndpoint("10.0.0.1", 8080);
  guard.AddEndpoint("10.0.0.2", 8080);
  guard.AddEndpoint("::1", 8080);
  EXPECT_EQ(Message(guard.Check("10.0.0.1:8080")),
            "the recording was taken from an endpoint of the subset ('10.0.0.1:8080'); name other "
            "endpoints, or allow this one with --allow_target=10.0.0.1");
  EXPECT_EQ(guard.Check("[::1]:8080").code(), absl::StatusCode::kPermissionDenied);
  for (const char* recorded : {"10.0.0.1", "10.0.0.1:81", "10.0.0.2:8080", "shop.example"}) {
    EXPECT_TRUE(guard.Check(recorded).ok()) << recorded;
  }
}

TEST(AuthorityGuardTest, ATargetThatWasNamedIsNotRefused) {
  const auto allows = [](const char* host, const char* recorded, std::string entry) {
    return AuthorityGuard(host, 80, {"other", std::move(entry)}).Check(recorded).ok();
  };
  EXPECT_TRUE(allows("shop.example", "shop.example", "SHOP.example"));
  EXPECT_TRUE(allows("192.0.2.1", "192.0.2.1", "192.0.2.1"));
  EXPECT_TRUE(allows("::1", "[::1]", "[::1]"));
  EXPECT_FALSE(allows("shop.example", "shop.example", "shop"));
  EXPECT_FALSE(allows("192.0.2.1", "192.0.2.1", "192.0.2.0/24"));
}

}  // namespace
}  // namespace shadowreel
