#include "replayer/plan/header_edits.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace shadowreel {
namespace {

using List = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// "Name: value" lines of the headers after the edits.
std::string Edited(List list, const HeaderEdits& edits) {
  Fields headers;
  for (const auto& [name, value] : list) headers.Add(name, value);
  EditHeaders(edits, &headers);
  std::string lines;
  for (const FieldView field : headers) {
    lines.append(field.name).append(": ").append(field.value).push_back('\n');
  }
  return lines;
}

TEST(HeaderEditsTest, RemovingTakesAllOfThatNameInAnyCase) {
  EXPECT_EQ(Edited({{"A", "1"}, {"b", "2"}, {"a", "3"}}, {.remove = {"a"}}), "b: 2\n");
}

TEST(HeaderEditsTest, SettingTakesThePlaceOfTheFirstAndRemovesTheOthers) {
  EXPECT_EQ(Edited({{"x", "0"}, {"a", "1"}, {"b", "2"}, {"A", "3"}}, {.set = {{"A", "new"}}}),
            "x: 0\nA: new\nb: 2\n");
}

TEST(HeaderEditsTest, WhatWasNotThereIsSetAtTheEndInTheOrderGiven) {
  EXPECT_EQ(Edited({{"a", "1"}}, {.set = {{"y", "1"}, {"x", ""}}}), "a: 1\ny: 1\nx: \n");
}

TEST(HeaderEditsTest, AddingComesAfterThoseOfThatName) {
  EXPECT_EQ(Edited({{"a", "1"}, {"b", "2"}}, {.add = {{"a", "3"}, {"a", "4"}}}),
            "a: 1\nb: 2\na: 3\na: 4\n");
}

TEST(HeaderEditsTest, TheOrderIsRemoveSetAddAppend) {
  EXPECT_EQ(Edited({{"a", "1"}, {"b", "2"}, {"X-Forwarded-For", "10.0.0.1"}},
                   {.remove = {"a", "x-forwarded-for"},
                    .set = {{"a", "set"}, {"b", "set"}},
                    .add = {{"b", "added"}},
                    .forwarded_for = "192.0.2.9"}),
            "b: set\na: set\nb: added\nx-forwarded-for: 192.0.2.9\n");
}

TEST(HeaderEditsTest, AnAddressIsAppendedToTheLastForwardedFor) {
  const HeaderEdits edits = {.forwarded_for = "2001:db8::1"};
  EXPECT_EQ(
      Edited({{"x-forwarded-for", "1.1.1.1"}, {"X-Forwarded-For", "2.2.2.2"}, {"b", ""}}, edits),
      "x-forwarded-for: 1.1.1.1\nX-Forwarded-For: 2.2.2.2, 2001:db8::1\nb: \n");
  EXPECT_EQ(Edited({{"x-forwarded-for", ""}}, edits), "x-forwarded-for: 2001:db8::1\n");
  EXPECT_EQ(Edited({}, edits), "x-forwarded-for: 2001:db8::1\n");
}

TEST(HeaderEditsTest, WithoutEditsNothingChanges) {
  EXPECT_EQ(Edited({{"B", "1"}, {"a", ""}, {"b", "\xff"}}, {}), "B: 1\na: \nb: \xff\n");
}

}  // namespace
}  // namespace shadowreel
