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
  EXPECT_EQ(ErrorOf(std::string(kMiB, '[')), "f:1:51: nested deeper than 100");
  EXPECT_EQ(ErrorOf(Repeated("{a: ", kMiB / 4)), "f:1:397: nested deeper than 100");
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
  EXPECT_EQ(ErrorOf(yaml), "f:6:50: more than 1000000 keys and values, aliases (*x) expanded");
}

TEST(YamlBoundsTest, TextThatAliasesCopyIsBounded) {
  const std::string yaml = "- &a " + std::string(kMiB, 'a') + "\n";
  EXPECT_EQ(Read(yaml + Repeated("- *a\n", 16)).items.size(), 17U);
  EXPECT_EQ(ErrorOf(yaml + Repeated("- *a\n", 17)),
            "f:18:3: aliases (*x) copy more than 16777216 bytes");
}

TEST(YamlBoundsTest, AnchorsInAnchorsAreBounded) {
  std::string yaml;
  for (int i = 0; i < 90; ++i) yaml += fmt::format("&a{} [", i);
  yaml += Repeated("a,", 100'000) + Repeated("]", 90);
  EXPECT_EQ(ErrorOf(yaml).substr(0, 4), "f:1:");
}

TEST(YamlBoundsTest, KeysAndValuesAreBounded) {
  // 1 for the whole, twice 1000 for what has an anchor, 997 times 1000, and 999.
  const std::string yaml =
      "- &x [" + Repeated("a,", 999) + "]\n" + Repeated("- *x\n", 997) + Repeated("- a\n", 999);
  EXPECT_EQ(Read(yaml).items.size(), size_t{1 + 997 + 999});
  EXPECT_EQ(ErrorOf(yaml + "- b\n"),
            "f:1998:3: more than 1000000 keys and values, aliases (*x) expanded");
}

TEST(YamlBoundsTest, BytesAreBounded) {
  EXPECT_TRUE(Read("a #" + std::string(kMostYamlBytes - 3, 'x')).IsScalar());
  EXPECT_EQ(ErrorOf("a #" + std::string(kMostYamlBytes - 2, 'x')),
            "f:1:1: 16777217 bytes; at most 16777216 are read");
}

TEST(YamlBoundsTest, BigFilesAreRead) {
  std::string keys;
  for (int i = 0; i < 100'000; ++i) keys += fmt::format("key{}: value\n", i);
  EXPECT_EQ(Read(keys).entries.size(), 100'000U);
  EXPECT_EQ(Read("a: " + Repeated("word ", kMiB / 5)).entries[0].value.text.size(),
            kMiB / 5 * 5 - 1);
  EXPECT_EQ(Read("a: |\n" + Repeated("  x\n", kMiB / 4)).entries[0].value.text.size(), kMiB / 2);
  EXPECT_EQ(Read("a: \"" + Repeated("\\n", kMiB / 2) + "\"").entries[0].value.text.size(),
            kMiB / 2);
  EXPECT_EQ(Read(Repeated("# comment\n", kMiB / 10) + "a").text, "a");
  EXPECT_EQ(Read("a" + std::string(kMiB, ' ') + std::string(kMiB, '\n')).text, "a");
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
