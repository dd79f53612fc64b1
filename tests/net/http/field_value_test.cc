#include "net/http/field_value.h"

#include <gtest/gtest.h>

#include <string>

namespace shadowreel {
namespace {

TEST(FieldValueTest, EveryByteCountsWhereverItStands) {
  for (const char others : {'a', ' ', '\t', '\xff', '\x80'}) {
    for (size_t size = 1; size <= 20; ++size) {
      for (size_t at = 0; at < size; ++at) {
        for (int byte = 0; byte < 256; ++byte) {
          std::string text(size, others);
          text[at] = static_cast<char>(byte);
          const bool ends_it = byte == '\r' || byte == '\n' || byte == '\0';
          ASSERT_EQ(IsFieldValue(text), !ends_it) << "byte " << byte << " at " << at;
          if (byte < 0x20 || byte == 0x7f) {
            ASSERT_TRUE(MayHoldControl(text));
          }
        }
      }
    }
  }
}

TEST(FieldValueTest, NothingIsAValue) { EXPECT_TRUE(IsFieldValue("")); }

TEST(FieldValueTest, TheQuickLookLetsUsualTextsPass) {
  EXPECT_FALSE(MayHoldControl("Mozilla/5.0 (X11; Linux x86_64)"));
  EXPECT_FALSE(MayHoldControl("\xe4\xbd\xa0\xe5\xa5\xbd\xff\x80"));
}

}  // namespace
}  // namespace shadowreel
