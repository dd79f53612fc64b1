#include "scenarios/emit/nginx_mirror.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

std::string Split(double percent) {
  const absl::StatusOr<NginxParts> parts =
      NginxMirrorParts({{"10.0.0.9", 9000}, {"127.0.0.1", 9001}, percent});
  if (!parts.ok()) return Message(parts.status());
  const size_t begin = parts->http.find("mirrored {") + 10;
  return parts->http.substr(begin, parts->http.rfind('}') - begin);
}

TEST(NginxMirrorTest, SharesAreWhatSplitClientsTakes) {
  EXPECT_EQ(Split(0), "\n  * 0;\n");
  EXPECT_EQ(Split(100), "\n  * 1;\n");
  EXPECT_EQ(Split(50), "\n  50% 1;\n  * 0;\n");
  EXPECT_EQ(Split(0.25), "\n  0.25% 1;\n  * 0;\n");
  EXPECT_EQ(Split(0.001), "--percent=0.001: nginx knows two decimals");
}

TEST(NginxMirrorTest, WithoutTheMirrorNothingNamesTheRecorder) {
  const absl::StatusOr<NginxParts> parts =
      NginxMirrorParts({{"10.0.0.9", 9000}, {"127.0.0.1", 9001}, 10});
  ASSERT_TRUE(parts.ok());
  EXPECT_NE(parts->http.find("server 10.0.0.9:9000 max_fails=1"), std::string::npos);
  EXPECT_NE(parts->http.find("listen 127.0.0.1:9001;"), std::string::npos);
  EXPECT_NE(parts->server.find("mirror /shadowreel-mirror;"), std::string::npos);
  EXPECT_EQ(parts->off.find("recorder"), std::string::npos);
}

}  // namespace
}  // namespace shadowreel
