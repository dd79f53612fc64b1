// What the bounds of a YAML file keep out.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/status.h"
#include "scenarios/yaml/node.h"

namespace shadowreel {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

const std::string kTooManyCopies =
    "anchors and aliases (&x, *x) copy more than 50000 keys and values, or 16777216 bytes";

std::string Repeated(const std::string& part, size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (size_t i = 0; i < times; ++i) text += part;
  return text;
}

std::string ErrorOf(const std::string& yaml) {
  Problems problems;
  EXPECT_TRUE(ParseYaml(yaml, "f", &problems).empty());
  EXPECT_EQ(problems.errors(), 1U);
  return Message(problems.ToStatus());
}

YamlNode Read(const std::string& yaml) {
  Problems problems;
  std::vector<YamlNode> documents = ParseYaml(yaml, "f", &problems);
  EXPECT_TRUE(problems.ToStatus().ok()) << Message(problems.ToStatus());
  EXPECT_EQ(documents.size(), 1U);
  return documents.empty() ? YamlNode() : std::move(documents.front());
}

TEST(YamlBoundsTest, DepthIsBounded) {
  const std::string deepest = Repeated("[", kMostYamlDepth) + Repeated("]", kMostYamlDepth);
  EXPECT_TRUE(Read(deepest).IsList());
  EXPECT_EQ(ErrorOf("[" + deepest + "]"), "f:1:101: nested deeper than 100");
  EXPECT_EQ(ErrorOf(std::string(kMiB / 4, '[')), "f:1:51: nested deeper than 100");
  EXPECT_EQ(ErrorOf(Repeated("{a: ", kMiB / 16)), "f:1:397: nested deeper than 100");
  EXPECT_EQ(ErrorOf(Repeated("- ", kMiB / 2)), "f:1:201: nested deeper than 100");
  EXPECT_EQ(ErrorOf(Repeated("? ", kMiB / 2)), "f:1:201: nested deeper than 100");
}

TEST(YamlBoundsTest, DepthOfAliasesIsBounded) {
  const std::string half = Repeated("[", 50) + Repeated("]", 50);
  EXPECT_TRUE(Read(fmt::format("- &x {}\n- {}*x{}\n", half, Repeated("[", 49), Repeated("]", 49)))
                  .IsList());
  EXPECT_EQ(ErrorOf(fmt::format("- &x {}\n- {}*x{}\n", half, Repeated("[", 50), Repeated("]", 50))),
            "f:2:53: nested deeper than 100");
}

TEST(YamlBoundsTest, ManyLaughsAreOneProblem) {
  std::string yaml = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 10; ++i) {
    yaml +=
        fmt::format("a{}: &a{} [{}*a{}]\n", i, i, Repeated(fmt::format("*a{}, ", i - 1), 8), i - 1);
  }
  EXPECT_EQ(ErrorOf(yaml), "f:5:30: " + kTooManyCopies);
}

TEST(YamlBoundsTest, CopiesAreBounded) {
  // 1000 for the anchor, 49 times 1000 for aliases.
  const std::string yaml = "- &x [" + Repeated("a,", 999) + "]\n" + Repeated("- *x\n", 49);
  EXPECT_EQ(Read(yaml).items.size(), 50U);
  EXPECT_EQ(ErrorOf(yaml + "- *x\n"), "f:51:3: " + kTooManyCopies);
}

TEST(YamlBoundsTest, TextThatAliasesCopyIsBounded) {
  const std::string yaml = "- &a " + std::string(kMiB, 'a') + "\n";
  EXPECT_EQ(Read(yaml + Repeated("- *a\n", 15)).items.size(), 16U);
  EXPECT_EQ(ErrorOf(yaml + Repeated("- *a\n", 16)), "f:17:3: " + kTooManyCopies);
}

TEST(YamlBoundsTest, AnchorsInAnchorsAreBounded) {
  std::string yaml;
  for (int i = 0; i < 90; ++i) yaml += fmt::format("&a{} [", i);
  yaml += Repeated("a,", 1'200) + Repeated("]", 90);
  EXPECT_TRUE(ErrorOf(yaml).ends_with(kTooManyCopies));
}

TEST(YamlBoundsTest, KeysAndValuesAreBounded) {
  EXPECT_EQ(ErrorOf("[" + Repeated("a,", kMostYamlNodes - 2) + "\nb,c]"),
            "f:2:3: more than 1000000 keys and values");
}

TEST(YamlBoundsTest, BytesAreBounded) {
  EXPECT_EQ(ErrorOf("a #" + std::string(kMostYamlBytes - 2, 'x')),
            "f:1:1: 16777217 bytes; at most 16777216 are read");
}

TEST(YamlBoundsTest, BigFilesAreRead) {
  constexpr size_t kSize = kMiB / 4;
  std::string keys;
  for (int i = 0; i < 20'000; ++i) keys += fmt::format("key{}: value\n", i);
  EXPECT_EQ(Read(keys).entries.size(), 20'000U);
  EXPECT_EQ(Read("a: " + Repeated("word ", kSize / 5)).entries[0].value.text.size(),
            kSize / 5 * 5 - 1);
  EXPECT_EQ(Read("a: |\n" + Repeated("  x\n", kSize / 4)).entries[0].value.text.size(), kSize / 2);
  EXPECT_EQ(Read("a: \"" + Repeated("\\n", kSize / 2) + "\"").entries[0].value.text.size(),
            kSize / 2);
  EXPECT_EQ(Read(Repeated("# comment\n", kSize / 10) + "a").text, "a");
  EXPECT_EQ(Read("a" + std::string(kSize, ' ') + std::string(kSize, '\n')).text, "a");
}

TEST(YamlBoundsTest, PlacesOfBrokenFilesAreInsideThem) {
  const std::string whole =
      "%YAML 1.2\n---\na: &x [1, 'b', \"c\\n\"]\r\nd:\n- *x\n- ? e\n  : |\n   f\n-\n...\n--- {g: "
      "~, h}\n";
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::minstd_rand random(seed);
  const std::string bytes = "[]{}:,-?&*!|>'\"#%@`<~. \t\n\r\\ax1\xc3\xa4";
  for (int i = 0; i < 3000; ++i) {
    std::string text = whole.substr(0, random() % (whole.size() + 1));
    for (size_t change = random() % 4; change > 0 && !text.empty(); --change) {
      text[random() % text.size()] = bytes[random() % bytes.size()];
    }
    Problems problems;
    ParseYaml(text, "f", &problems);
    const auto lines = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const Problem& problem : problems.Sorted()) {
      ASSERT_TRUE(problem.place.line >= 1 && problem.place.line <= lines) << text;
      ASSERT_TRUE(problem.place.column >= 1) << text;
    }
  }
}

}  // namespace
}  // namespace shadowreel
