#include "net/http/fields.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(FieldsTest, AValueIsReplacedByAnyOtherAndItsNeighboursStay) {
  for (const std::string_view value : {"", "b", "12345", "much longer than what stood there"}) {
    for (size_t index = 0; index < 3; ++index) {
      Fields fields;
      Fields expected;
      for (size_t i = 0; i < 3; ++i) {
        fields.Add("Name", "value");
        expected.Add("Name", i == index ? value : "value");
      }
      fields.SetValue(index, value);
      EXPECT_EQ(fields, expected);
    }
  }
}

TEST(FieldsTest, CaseOrderDuplicatesAndEmptyValuesAreKept) {
  Fields fields;
  fields.Reserve(2, 8);
  fields.Add("X-b", "1");
  fields.Add("Accept", "");
  fields.Add("x-B", "two words");
  fields.Add("", "nameless");
  std::vector<FieldView> seen;
  for (const FieldView field : fields) seen.push_back(field);
  EXPECT_EQ(seen, std::vector<FieldView>(
                      {{"X-b", "1"}, {"Accept", ""}, {"x-B", "two words"}, {"", "nameless"}}));
  EXPECT_EQ(fields.size(), 4u);
  EXPECT_EQ(fields[2], (FieldView{"x-B", "two words"}));
  EXPECT_EQ(fields.byte_size(), 4u + 6u + 12u + 8u);
}

TEST(FieldsTest, FindIgnoresCaseAndGivesTheFirst) {
  Fields fields;
  fields.Add("Host", "a");
  fields.Add("HOST", "b");
  fields.Add("Empty", "");
  EXPECT_EQ(fields.Find("host"), "a");
  EXPECT_EQ(fields.Count("hOsT"), 2u);
  EXPECT_EQ(fields.Find("empty"), "");
  EXPECT_EQ(fields.Find("Hos"), std::nullopt);
  EXPECT_EQ(fields.Count("Hosts"), 0u);
}

TEST(FieldsTest, ClearedFieldsAreEmptyAndUsable) {
  Fields fields;
  EXPECT_TRUE(fields.empty());
  fields.Add("a", "b");
  EXPECT_FALSE(fields.empty());
  fields.Clear();
  EXPECT_TRUE(fields.empty());
  EXPECT_EQ(fields.byte_size(), 0u);
  EXPECT_TRUE(fields.begin() == fields.end());
  fields.Add("c", "d");
  EXPECT_EQ(fields[0], (FieldView{"c", "d"}));
}

Fields Of(std::vector<FieldView> views) {
  Fields fields;
  for (const FieldView& field : views) fields.Add(field.name, field.value);
  return fields;
}

TEST(FieldsTest, EqualityIsExact) {
  const Fields fields = Of({{"ab", "c"}, {"d", "e"}});
  EXPECT_TRUE(fields == Of({{"ab", "c"}, {"d", "e"}}));
  EXPECT_FALSE(fields == Of({{"a", "bc"}, {"d", "e"}}));
  EXPECT_FALSE(fields == Of({{"AB", "c"}, {"d", "e"}}));
  EXPECT_FALSE(fields == Of({{"d", "e"}, {"ab", "c"}}));
  EXPECT_FALSE(fields == Of({{"ab", "c"}}));
}

TEST(FieldsTest, BytesOfAnyValueAreKept) {
  Fields fields;
  fields.Add("n", std::string_view("\0\xff\r\n", 4));
  EXPECT_EQ(fields[0].value, std::string_view("\0\xff\r\n", 4));
}

TEST(FieldsTest, OnlyAsciiLettersAreComparedWithoutCase) {
  EXPECT_TRUE(EqualsIgnoreCase("", ""));
  EXPECT_TRUE(EqualsIgnoreCase("aZ-09", "Az-09"));
  EXPECT_FALSE(EqualsIgnoreCase("a", "ab"));
  EXPECT_FALSE(EqualsIgnoreCase("@", "`"));
  EXPECT_FALSE(EqualsIgnoreCase("[", "{"));
  EXPECT_FALSE(EqualsIgnoreCase("\xc4", "\xe4"));
}

}  // namespace
}  // namespace shadowreel
