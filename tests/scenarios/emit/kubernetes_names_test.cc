#include "scenarios/emit/kubernetes_names.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

TEST(KubernetesNamesTest, ObjectNamesAreLabelsThatBeginWithALetter) {
  EXPECT_TRUE(CheckObjectName("name", "shadowreel-recorder").ok());
  EXPECT_TRUE(CheckObjectName("name", std::string(50, 'a')).ok());
  for (const char* name : {"", "-a", "a-", "1a", "A", "a.b", "a_b", "a\nkind: Pod", "a b", "a:b"}) {
    EXPECT_FALSE(CheckObjectName("name", name).ok()) << name;
  }
  EXPECT_FALSE(CheckObjectName("name", std::string(51, 'a')).ok());
  EXPECT_EQ(Message(CheckObjectName("name", "A")),
            "--name=A: from 1 to 50 of a-z, 0-9 and '-', beginning with a letter");
}

TEST(KubernetesNamesTest, NamespacesMayBeginWithADigit) {
  EXPECT_TRUE(CheckNamespace("namespace", "1st").ok());
  EXPECT_FALSE(CheckNamespace("namespace", "a/b").ok());
  EXPECT_FALSE(CheckNamespace("namespace", std::string(64, 'a')).ok());
}

TEST(KubernetesNamesTest, ImagesCannotCarryAnythingElse) {
  EXPECT_TRUE(CheckImage("image", "registry.example:5000/team/recorder:1.0").ok());
  EXPECT_TRUE(CheckImage("image", "recorder@sha256:0123456789abcdef").ok());
  for (const char* image : {"", ":1", "a b", "a\nb", "a # b", "a'b", "a\"b", "{a}"}) {
    EXPECT_FALSE(CheckImage("image", image).ok()) << image;
  }
}

TEST(KubernetesNamesTest, HostAndPort) {
  const absl::StatusOr<NamedAddress> name = ParseHostPort("recorder", "Recorder.Example:9000");
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->host, "recorder.example");
  EXPECT_EQ(name->port, 9000);
  EXPECT_TRUE(ParseHostPort("recorder", "10.0.0.9:1").ok());
  for (const char* text : {"", "a", "a:", ":1", "a:0", "a:65536", "a:1x", "a;b:1", "a b:1",
                           "a..b:1", "-a:1", "a:+1", "a:1\n", "[::1]:1"}) {
    const absl::Status refused = ParseHostPort("recorder", text).status();
    EXPECT_FALSE(refused.ok()) << text;
    EXPECT_EQ(Message(refused).find('\n'), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace shadowreel
