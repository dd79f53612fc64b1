#include "formats/exchange/base64.h"

#include <gtest/gtest.h>

#include <string>

#include "formats/reel/byte_text.h"

namespace shadowreel {
namespace {

TEST(Base64Test, ItUndoesTheEncoding) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(DecodeBase64(Base64(bytes)), bytes);
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
