#include "tests/scenarios/manifests/broken_manifests.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>

#include "scenarios/manifests/read_mesh.h"
#include "tests/scenarios/manifests/problem_lines.h"

namespace shadowreel {

void PrintTo(const BrokenManifest& manifest, std::ostream* out) { *out << manifest.text; }

namespace {

class BrokenManifestTest : public ::testing::TestWithParam<BrokenManifest> {};

TEST_P(BrokenManifestTest, IsOneErrorWithItsPlaceAndAHelpfulLine) {
  Problems problems;
  ReadMesh({{"broken.yaml", GetParam().text}}, &problems);
  ASSERT_EQ(problems.errors(), 1u) << Lines(problems);
  for (const Problem& problem : problems.Sorted()) {
    if (problem.severity != Severity::kError) continue;
    EXPECT_EQ(problem.place.Text(),
              fmt::format("broken.yaml:{}:{}", GetParam().line, GetParam().column))
        << problem.Line();
    EXPECT_NE(problem.text.find(GetParam().says), std::string::npos) << problem.Line();
    EXPECT_EQ(problem.Line().find('\n'), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenManifestTest, ::testing::ValuesIn(BrokenManifests()),
                         [](const auto& tested) { return tested.param.name; });

TEST(BrokenManifestsTest, NoTableIsForgotten) { EXPECT_GE(BrokenManifests().size(), 122u); }

TEST(BrokenManifestsTest, AllAreReportedAtOnce) {
  std::vector<ManifestText> files;
  for (const BrokenManifest& manifest : BrokenManifests()) {
    files.push_back({manifest.name + ".yaml", manifest.text});
  }
  Problems problems;
  ReadMesh(files, &problems);
  EXPECT_GE(problems.errors(), BrokenManifests().size());
}

}  // namespace
}  // namespace shadowreel
