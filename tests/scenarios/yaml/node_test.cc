#include "scenarios/yaml/node.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/status.h"

namespace shadowreel {
namespace {

// A node as text, each with its place: {1:1 a=1:4 'b'}.
std::string Show(const YamlNode& node) {
  std::string text = fmt::format("{}:{} ", node.place.line, node.place.column);
  if (node.IsNull()) return text + "null";
  if (node.IsScalar()) return text + (node.quoted ? "'" + node.text + "'" : node.text);
  std::vector<std::string> parts;
  for (const YamlNode& item : node.items) parts.push_back(Show(item));
  for (const auto& [key, place, value] : node.entries) {
    parts.push_back(fmt::format("{}:{} {}={}", place.line, place.column, key, Show(value)));
  }
  const std::string inner = fmt::format("{}", fmt::join(parts, ", "));
  return text + (node.IsMap() ? "{" + inner + "}" : "[" + inner + "]");
}

std::string Read(std::string_view yaml) {
  Problems problems;
  std::vector<std::string> documents;
  for (const YamlNode& node : ParseYaml(yaml, "f", &problems)) documents.push_back(Show(node));
  EXPECT_TRUE(problems.ToStatus().ok()) << yaml << Message(problems.ToStatus());
  return fmt::format("{}", fmt::join(documents, " --- "));
}

struct Row {
  std::string yaml;
  std::string expected;
};

void ExpectRead(const std::vector<Row>& rows) {
  for (const auto& [yaml, expected] : rows) EXPECT_EQ(Read(yaml), expected) << yaml;
}

// What is left, then the problems.
void ExpectProblems(const std::vector<Row>& rows) {
  for (const auto& [yaml, expected] : rows) {
    Problems problems;
    std::string text;
    for (const YamlNode& node : ParseYaml(yaml, "f", &problems)) text += Show(node) + "\n";
    EXPECT_EQ(text + Message(problems.ToStatus()), expected) << yaml;
  }
}

TEST(YamlTest, ValuesKnowTheirPlaces) {
  ExpectRead({
      {"a: b\n", "1:1 {1:1 a=1:4 b}"},
      {"a:\n- b\n- c: 'd'\n", "1:1 {1:1 a=2:1 [2:3 b, 3:3 {3:3 c=3:6 'd'}]}"},
      {"[a, {b: \"c\"}]", "1:1 [1:2 a, 1:5 {1:6 b=1:9 'c'}]"},
      {"a: |\n  x\n  y\nb: >-\n  z\n", "1:1 {1:1 a=1:4 'x\ny\n', 4:1 b=4:4 'z'}"},
      {"# only a comment\n", ""},
      {"", ""},
  });
}

TEST(YamlTest, ColumnsCountBytes) { ExpectRead({{"[\xc3\xa4, x]", "1:1 [1:2 \xc3\xa4, 1:6 x]"}}); }

TEST(YamlTest, WindowsFilesAreRead) {
  ExpectRead({
      {"\xef\xbb\xbf"
       "a: b\r\nc: |\r\n  x\r\n",
       "1:1 {1:1 a=1:4 b, 2:1 c=2:4 'x\n'}"},
  });
}

TEST(YamlTest, NullsThatAreLeftOutStandWhereTheirKeyDoes) {
  ExpectRead({
      {"a:\nb: ~\nc: null\nd: &x\ne: ''\n",
       "1:1 {1:1 a=1:1 null, 2:1 b=2:4 null, 3:1 c=3:4 null, 4:1 d=4:4 null, 5:1 e=5:4 ''}"},
      {"-\n- a\n-\n", "1:1 [1:1 null, 2:3 a, 3:1 null]"},
      {"{a, b: }", "1:1 {1:2 a=1:2 null, 1:5 b=1:5 null}"},
  });
}

TEST(YamlTest, DocumentsThatAreNullAreLeftOut) {
  ExpectRead({
      {"---\na\n---\n# none\n---\n~\n--- b\n...\n---\n", "2:1 a --- 7:5 b"},
      {"a\n...\nb\n", "1:1 a --- 3:1 b"},
      {"%YAML 1.2\n---\na\n", "3:1 a"},
  });
}

TEST(YamlTest, AliasesAreCopiesWithThePlacesOfWhatTheyName) {
  ExpectRead({
      {"a: &x {b: c}\nd: *x\n", "1:1 {1:1 a=1:4 {1:8 b=1:11 c}, 2:1 d=1:4 {1:8 b=1:11 c}}"},
      {"- &x a\n- &x b\n- *x\n", "1:1 [1:3 a, 2:3 b, 2:3 b]"},
      {"? &x a\n: *x\n", "1:1 {1:3 a=1:3 a}"},
      {"- &x a\n- *x : b\n", "1:1 [1:3 a, 2:3 {1:3 a=2:8 b}]"},
  });
}

TEST(YamlTest, TextIsTextWhateverItLooksLike) {
  ExpectRead({
      {"['1', \"null\", !!str 1, ! 2, 3]", "1:1 [1:2 '1', 1:7 'null', 1:15 '1', 1:24 '2', 1:29 3]"},
      {"'<<': a\n", "1:1 {1:1 <<=1:7 a}"},
  });
}

TEST(YamlTest, JsonIsRead) {
  ExpectRead({
      {"{\n\t\"a\": [\n\t\t1,\n\t\t\"x\\/y\\n\\u00e9\"\n\t],\n\t\"b\":{\t},\"c\":null\n}\n",
       "1:1 {2:2 a=2:7 [3:3 1, 4:3 'x/y\n\xc3\xa9'], 6:2 b=6:6 {}, 6:10 c=6:14 null}"},
      {"\t[-1.5e3,true]", "1:2 [1:3 -1.5e3, 1:10 true]"},
  });
}

TEST(YamlTest, JsonsSurrogatePairsAreOneCharacter) {
  ExpectRead({
      {R"({"a": "\uD83D\uDE00", "b": "\\ud83d\\ude00\ud83d\ude00", "c": 1})",
       "1:1 {1:2 a=1:7 '\xf0\x9f\x98\x80', 1:23 b=1:28 '\\ud83d\\ude00\xf0\x9f\x98\x80', "
       "1:58 c=1:63 1}"},
      {R"(a: '\ud83d\ude00')", R"(1:1 {1:1 a=1:4 '\ud83d\ude00'})"},
  });
  ExpectProblems({{R"(["\ud83d"])", "f:1:9: YAML: invalid unicode: 55357"}});
}

TEST(YamlTest, KeysAreTextAndThereOnce) {
  ExpectProblems({
      {"a: 1\nb: 2\n'a': 3\n",
       "1:1 {1:1 a=1:4 1, 2:1 b=2:4 2}\nf:3:1: duplicate key 'a'; the first is in line 1"},
      {"[{a: 1, a: 2, a: 3}]",
       "1:1 [1:2 {1:3 a=1:6 1}]\nf:1:9: duplicate key 'a'; the first is in line 1\n"
       "f:1:15: duplicate key 'a'; the first is in line 1"},
      {"\"x\\ny\": 1\n\"x\\ny\": 2\n",
       "1:1 {1:1 x\ny=1:9 1}\nf:2:1: duplicate key 'x\\ny'; the first is in line 1"},
      {"? [a, b]\n: c\n{d: e}: f\n~: g\n: h\ni: j\n",
       "1:1 {6:1 i=6:4 j}\nf:1:3: a key must be text\nf:3:1: a key must be text\n"
       "f:4:1: a key must be text\nf:4:4: a key must be text"},
      {"a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n",
       "1:1 {1:1 a=1:4 {1:8 b=1:11 1}, 2:1 c=3:3 {4:3 d=4:6 1}}\n"
       "f:3:3: merge keys (<<) are not supported; write the keys out"},
  });
}

TEST(YamlTest, TagsOtherThanTextsAreProblems) {
  ExpectProblems({
      {"- !foo 1\n- !!binary aGk=\n- !!map {a: b}\n- !!str {c: d}\n",
       "1:1 [1:3 1, 2:3 aGk=, 3:3 {3:10 a=3:13 b}, 4:3 {4:10 c=4:13 d}]\n"
       "f:1:3: the tag '!foo' is not known; leave it out\n"
       "f:2:3: the tag 'tag:yaml.org,2002:binary' is not known; leave it out\n"
       "f:3:3: the tag 'tag:yaml.org,2002:map' is not known; leave it out\n"
       "f:4:3: the tag 'tag:yaml.org,2002:str' is not known; leave it out"},
  });
}

TEST(YamlTest, NothingIsReadOfWhatIsNoText) {
  ExpectProblems({
      {std::string("a: b\n\0", 6), "f:2:1: a control byte (0x00); YAML is text"},
      {"a: b\nc: \x04 d\n", "f:2:4: a control byte (0x04); YAML is text"},
      {"a: \xc3\xa4\xff\n", "f:1:6: the byte 0xff is not UTF-8"},
      {"a: \xc3", "f:1:4: the byte 0xc3 is not UTF-8"},
      {"a: \xed\xa0\x80", "f:1:4: the byte 0xed is not UTF-8"},
      {"\xff\xfe"
       "a",
       "f:1:1: the byte 0xff is not UTF-8"},
      {"a: b\r", "f:1:5: a carriage return without a line feed; end lines with a line feed"},
      {"a: b\rc: d\n", "f:1:5: a carriage return without a line feed; end lines with a line feed"},
  });
}

TEST(YamlTest, BrokenSyntaxHasItsPlace) {
  ExpectProblems({
      {"a:\n\tb: c\n", "f:2:3: YAML: a tab in the indentation; use spaces"},
      {"a:\n  b: c\n\td: e\n", "f:3:1: YAML: a tab in the indentation; use spaces"},
      {"a: [b\n", "f:2:1: YAML: a list misses its ] or a comma before this"},
      {"a: [${B}]\n",
       "f:1:6: YAML: in a list [...] or a map {...} a variable is quoted: "
       "\"${NAME}\""},
      {"a: {b: c", "f:1:9: YAML: a map misses its } or a comma before this"},
      {"a: b\n- c\n", "f:2:1: YAML: this is indented as a key, but is no 'key: value'"},
      {"a: b: c\n",
       "f:1:5: YAML: a ':' where no key can stand; quote the text, or mend the indentation"},
      {"a:\n{{- if .Values.b }}\n",
       "f:2:3: YAML: this is a template, not YAML yet: render it first (helm template)"},
      {"a: @b\n", "f:1:4: YAML: no text can begin so; quote it"},
      {"a: \"b", "f:1:6: YAML: a quote has no end"},
      {"a: 'b\nc: d\n", "f:1:4: the quote that begins here has no end"},
      {"a: &x !!str \"b\\\"\n", "f:1:13: the quote that begins here has no end"},
      {"a: *x\n", "f:1:4: YAML: an alias of an anchor (&x) that is not before it"},
      {"%YAML 2.0\n---\na\n", "f:1:1: YAML: YAML major version too large"},
  });
}

TEST(YamlTest, WhatStandsBeforeABreakOfTheStreamIsKept) {
  const std::string behind = "text behind the document's end; write --- between two documents";
  ExpectProblems({
      {"- a\nb: c\n", "1:1 [1:3 a]\nf:2:1: " + behind},
      {"{\"a\": 1}\n{\"b\": 2}\n", "1:1 {1:2 a=1:7 1}\nf:2:1: " + behind},
      {"a: b\n--- [\n--- c\n",
       "1:1 {1:1 a=1:4 b}\nf:3:1: YAML: a list misses its ] or a comma before this"},
      {"[a] ]", "f:1:5: YAML: illegal flow end"},
  });
}

TEST(YamlTest, EscapesThatAreReadWrongAreProblems) {
  ExpectRead({{R"(["\x41\u0085\L\P\e"])", "1:1 [1:2 'A\xc2\x85\xe2\x80\xa8\xe2\x80\xa9\x1b']"}});
  for (const std::string yaml : {R"(["\N"])", R"(["a\_b"])"}) {
    Problems problems;
    ParseYaml(yaml, "f", &problems);
    EXPECT_EQ(Message(problems.ToStatus()),
              R"(f:1:2: the escapes \N and \_ are not read; write \u0085 and \u00a0)");
  }
}

TEST(YamlTest, AnAliasOfWhatContainsItIsAProblem) {
  ExpectProblems({{"a: &x [b, *x]\n",
                   "1:1 {1:1 a=1:4 [1:8 b, 1:11 null]}\n"
                   "f:1:11: an alias of what contains it; write it out"}});
}

TEST(YamlTest, FindFollowsKeys) {
  Problems problems;
  const auto documents = ParseYaml("a: {b: {c: d}}\n'': e\n", "f", &problems);
  ASSERT_EQ(documents.size(), 1U);
  EXPECT_EQ(documents[0].Find({"a", "b", "c"})->text, "d");
  EXPECT_EQ(documents[0].Find("")->text, "e");
  EXPECT_EQ(documents[0].Find({"a", "x", "c"}), nullptr);
  EXPECT_EQ(documents[0].Find({"a", "b", "c", "d"}), nullptr);
  EXPECT_EQ(documents[0].Find("b"), nullptr);
}

}  // namespace
}  // namespace shadowreel
