#include "net/transport/target_url.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

TargetUrl Parsed(std::string_view text) {
  const auto target = ParseTargetUrl(text);
  EXPECT_TRUE(target.ok()) << text << ": " << Message(target.status());
  return target.ok() ? *target : TargetUrl{};
}

TEST(TargetUrl, LeavesTheUsualPortOutOfTheAuthority) {
  EXPECT_EQ(Parsed("http://v2.example").port, 80);
  EXPECT_EQ(Parsed("http://v2.example:80").authority, "v2.example");
  EXPECT_EQ(Parsed("https://v2.example").port, 443);
  EXPECT_EQ(Parsed("https://v2.example:443").authority, "v2.example");
  EXPECT_EQ(Parsed("https://v2.example:80").authority, "v2.example:80");
  EXPECT_EQ(Parsed("http://v2.example:8080").Url(), "http://v2.example:8080");
}

TEST(TargetUrl, TakesIpv6InBrackets) {
  const TargetUrl target = Parsed("http://[::1]:8080");
  EXPECT_EQ(target.host, "::1");
  EXPECT_EQ(target.port, 8080);
  EXPECT_EQ(target.authority, "[::1]:8080");
  EXPECT_EQ(Parsed("https://[fd00::2]").Url(), "https://[fd00::2]");
}

TEST(TargetUrl, ComparesSchemeAndHostWithoutCase) {
  EXPECT_EQ(Parsed("HTTPS://V2.Example/").Url(), "https://v2.example");
}

TEST(TargetUrl, RefusesWhatIsNoServerAlone) {
  const std::pair<const char*, const char*> cases[] = {
      {"v2.example:8080", "scheme"},
      {"ftp://v2.example", "scheme"},
      {"", "scheme"},
      {"http://", "host"},
      {"http:///", "host"},
      {"http://a b", "host"},
      {"http://::1", "host"},
      {"http://[::1", "host"},
      {"http://[v2]", "host"},
      {"http://h\xc3\xb6", "host"},
      {"http://v2.example/path", "path"},
      {"http://v2.example//", "path"},
      {"http://v2.example?q=1", "query"},
      {"http://v2.example#f", "fragment"},
      {"http://me:secret@v2.example", "user names"},
      {"http://v2.example:", "port"},
      {"http://v2.example:0", "port"},
      {"http://v2.example:65536", "port"},
      {"http://v2.example:-1", "port"},
      {"http://v2.example:80x", "port"},
      {"http://[::1]8080", "port"},
  };
  for (const auto& [text, why] : cases) {
    const auto target = ParseTargetUrl(text);
    ASSERT_FALSE(target.ok()) << text;
    EXPECT_EQ(target.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(Message(target.status()).find(why), std::string::npos) << Message(target.status());
  }
}

TEST(TargetUrl, APasswordIsNotRepeated) {
  for (const char* text : {"http://me:secret@h", "https://secret@h/x", "http://me:sec@ret@h/"}) {
    const std::string message = Message(ParseTargetUrl(text).status());
    EXPECT_NE(message.find("://...@h"), std::string::npos) << message;
    EXPECT_EQ(message.find("sec"), std::string::npos) << message;
  }
}

TEST(EndpointAddress, HasAHostAndThePortOfItsOwnOrTheUsualOne) {
  const std::pair<const char*, const char*> rows[] = {
      {"10.1.2.3", "10.1.2.3:8000"}, {"10.1.2.3:81", "10.1.2.3:81"},   {"V2.Test", "v2.test:8000"},
      {"[::1]", "[::1]:8000"},       {"[FD00::2]:82", "[fd00::2]:82"},
  };
  for (const auto& [text, authority] : rows) {
    const auto endpoint = ParseEndpointAddress(text, 8000);
    ASSERT_TRUE(endpoint.ok()) << text;
    EXPECT_EQ(endpoint->Authority(), authority);
  }
  for (const char* text : {"", ":80", "::1", "[::1", "[a]", "a b", "a:", "a:x", "a:0", "a:65536",
                           "a:80:80", "user@a", "http://a", "a/"}) {
    EXPECT_EQ(ParseEndpointAddress(text, 8000).status().code(), absl::StatusCode::kInvalidArgument)
        << text;
  }
}

}  // namespace
}  // namespace shadowreel
