#include "formats/base64.h"

#include <gtest/gtest.h>

#include <string>

namespace shadowreel {
namespace {

// RFC 4648, section 10.
TEST(Base64Test, EncodingFollowsTheRfc) {
  EXPECT_EQ(EncodeBase64(""), "");
  EXPECT_EQ(EncodeBase64("f"), "Zg==");
  EXPECT_EQ(EncodeBase64("fo"), "Zm8=");
  EXPECT_EQ(EncodeBase64("foo"), "Zm9v");
  EXPECT_EQ(EncodeBase64("foob"), "Zm9vYg==");
  EXPECT_EQ(EncodeBase64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(EncodeBase64("\xfb\xff\xfe"), "+//+");
}

TEST(Base64Test, ItUndoesTheEncoding) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
    bytes.push_back(static_cast<char>(i * 7));
  }
}

TEST(Base64Test, OtherTextIsRefused) {
  for (const char* text : {"a", "ab", "abc", "abc\n", "ab==\n", "a===", "====", "ab=c", "abc-",
                           "abd=x", "ab c", "abd=abd="}) {
    EXPECT_FALSE(DecodeBase64(text)) << text;
  }
  EXPECT_FALSE(DecodeBase64("abb=")) << "bits that belong to no byte";
}

}  // namespace
}  // namespace shadowreel
