#include "formats/redaction/policy.h"

#include <gtest/gtest.h>

#include <string>

namespace shadowreel {
namespace {

TEST(PolicyTest, EveryCredentialHeaderIsKnownWithoutCase) {
  for (const char* name :
       {"X-Api-Key", "Api-Key", "X-Auth-Token", "X-Access-Token", "X-CSRF-Token", "X-XSRF-Token",
        "X-Amz-Security-Token", "X-Goog-Api-Key", "X-Vault-Token", "Private-Token", "X-Session-Id",
        "acme-token", "Acme-API-Key", "x-acme-secret", "DB-PASSWORD", "my-session",
        "x-a-very-long-header-name-of-some-company-inc-token"}) {
    EXPECT_EQ(RuleOfField(name), FieldRule::kCredential) << name;
  }
  EXPECT_EQ(RuleOfField("AUTHORIZATION"), FieldRule::kAuthorization);
  EXPECT_EQ(RuleOfField("proxy-authorization"), FieldRule::kAuthorization);
  EXPECT_EQ(RuleOfField("COOKIE"), FieldRule::kCookie);
}

TEST(PolicyTest, UrlHeadersAreKnown) {
  for (const char* name : {"Referer", "X-Original-URI", "X-Original-URL", "X-Envoy-Original-Path",
                           "X-Rewrite-URL", "X-Forwarded-Uri"}) {
    EXPECT_EQ(RuleOfField(name), FieldRule::kUrl) << name;
  }
}

TEST(PolicyTest, IdentifiersAndFramingAreExempt) {
  for (const char* name : {"X-Request-Id", "traceparent", "tracestate", "b3", "X-B3-TraceId",
                           "x-datadog-trace-id", "uber-trace-id", "X-Cloud-Trace-Context", "Host",
                           "Content-Length", "Content-Type", "Date", "If-None-Match"}) {
    EXPECT_EQ(RuleOfField(name), FieldRule::kExempt) << name;
  }
}

TEST(PolicyTest, OtherNamesArePlain) {
  for (const char* name : {"", "Accept", "User-Agent", "token", "x-tokens", "Origin", "If",
                           "X-Api-Key2", "x-a-very-long-header-name-of-some-company-inc"}) {
    EXPECT_EQ(RuleOfField(name), FieldRule::kPlain) << name;
  }
}

TEST(PolicyTest, SecretQueryKeysAreDecodedAndComparedWithoutCase) {
  for (const char* key : {"token",
                          "key",
                          "sig",
                          "signature",
                          "password",
                          "passwd",
                          "pwd",
                          "session",
                          "sessionid",
                          "sid",
                          "code",
                          "secret",
                          "api_key",
                          "apikey",
                          "api-key",
                          "access_token",
                          "refresh_token",
                          "id_token",
                          "auth",
                          "authorization",
                          "client_secret",
                          "credential",
                          "credentials",
                          "jwt",
                          "X-Amz-Signature",
                          "X-Amz-Credential",
                          "X-Amz-Security-Token",
                          "TOKEN",
                          "%74oken",
                          "%54OKE%4e",
                          "api%5Fkey"}) {
    EXPECT_TRUE(IsSecretQueryKey(key)) << key;
  }
  for (const char* key : {"", "q", "tokens", "%7", "%zztoken", "token%", "%2574oken",
                          "access_token_of_a_very_long_named_thing"}) {
    EXPECT_FALSE(IsSecretQueryKey(key)) << key;
  }
}

TEST(PolicyTest, DigestHasSixteenBytesAndNamesTheMode) {
  EXPECT_EQ(PolicyDigest("off").size(), 16u);
  EXPECT_NE(PolicyDigest("off"), PolicyDigest("credentials"));
  EXPECT_EQ(PolicyDigest("off"), PolicyDigest("off"));
}

}  // namespace
}  // namespace shadowreel
