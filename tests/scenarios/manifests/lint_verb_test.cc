#include "scenarios/lint_verb.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "base/posix_file_system.h"
#include "base/status.h"

namespace shadowreel {
namespace {

const char kSeed[] = "tests/scenarios/manifests/seed/";

struct Ended {
  int code;
  std::string text;  // stdout
};

// The program itself; `arguments` is a shell's text behind the verb.
Ended LintBinary(const std::string& arguments) {
  std::FILE* pipe = popen(("scenarios/scenarios lint " + arguments).c_str(), "r");
  Ended ended{-1, ""};
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    ended.text.append(buffer.data(), count);
  }
  ended.code = WEXITSTATUS(pclose(pipe));
  return ended;
}

std::string Written(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::ofstream(path) << text;
  return path;
}

Problems LintOf(const LintRequest& request) {
  PosixFileSystem files;
  const Environment none = [](const std::string&) { return std::nullopt; };
  absl::StatusOr<Problems> problems = LintFiles(files, none, request);
  EXPECT_TRUE(problems.ok()) << Message(problems.status());
  return problems.ok() ? *problems : Problems();
}

TEST(LintFilesTest, CountsWhatItFinds) {
  const Problems problems =
      LintOf({{std::string(kSeed) + "service_b.yaml", std::string(kSeed) + "service_b_rule.yaml"},
              "",
              {IstioVersion{1, 27}}});
  EXPECT_EQ(LintSummary(problems), "0 errors, 2 warnings, 2 notes");
}

TEST(LintFilesTest, CountsWhatItDoesNotShowToo) {
  std::string slices;
  for (int i = 0; i < 250; ++i) {
    slices += "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a" +
              std::to_string(i) + "}\naddressType: IPv4\n";
  }
  EXPECT_EQ(LintSummary(LintOf({{Written("slices.yaml", slices)}, "", {}})),
            "0 errors, 250 warnings, 0 notes");
}

TEST(LintFilesTest, AFileNamedTwiceIsReadOnce) {
  const std::string path = std::string(kSeed) + "httpbin.yaml";
  EXPECT_EQ(LintSummary(LintOf({{path, path}, "", {}})), "0 errors, 0 warnings, 0 notes");
}

TEST(LintFilesTest, ScenariosAreCheckedWithTheManifestsThatTheyName) {
  const std::string scenario = Written("broken.yaml", std::string("replay:\n"
                                                                  "  sped: 2\n"
                                                                  "  manifests: [") +
                                                          kSeed + "service_b.yaml]\n");
  const Problems problems = LintOf({{}, scenario, {}});
  // The misspelt key; two subsets that no DestinationRule defines.
  EXPECT_EQ(problems.errors(), 3u) << Message(problems.ToStatus());
}

TEST(LintFilesTest, NothingToLookAtAndUnreadableFilesAreErrors) {
  PosixFileSystem files;
  EXPECT_TRUE(absl::IsInvalidArgument(LintFiles(files, ProcessEnvironment(), {}).status()));
  EXPECT_TRUE(absl::IsUnavailable(
      LintFiles(files, ProcessEnvironment(), {{"/nowhere.yaml"}, "", {}}).status()));
  EXPECT_TRUE(absl::IsUnavailable(
      LintFiles(files, ProcessEnvironment(), {{}, "/nowhere.yaml", {}}).status()));
}

TEST(LintBinaryTest, ExitCodesSayHowBadItIs) {
  const std::string seed = kSeed;
  const Ended warned = LintBinary("--manifests=" + seed + "service_b.yaml," + seed +
                                  "service_b_rule.yaml --istio_version=1.28 2>/dev/null");
  EXPECT_EQ(warned.code, 0);
  EXPECT_NE(warned.text.find(seed + "service_b.yaml:23:5: warning: 'mirror_percent' is "
                                    "deprecated; write 'mirrorPercentage: {value: 100}'\n"),
            std::string::npos)
      << warned.text;
  EXPECT_NE(warned.text.find("Istio 1.28 leaves the Host"), std::string::npos);
  EXPECT_EQ(LintBinary("--manifests=" + seed + "service_b.yaml 2>/dev/null").code, 1);
  EXPECT_EQ(LintBinary("2>/dev/null").code, 2);
  EXPECT_EQ(LintBinary("--manifests=a --istio_version=latest 2>/dev/null").code, 2);
  EXPECT_EQ(LintBinary("--manifests=/nowhere.yaml 2>/dev/null").code, 6);
}

TEST(LintBinaryTest, TheSummaryGoesToStderr) {
  const Ended ended =
      LintBinary(std::string("--manifests=") + kSeed + "httpbin_service.yaml 2>&1 >/dev/null");
  EXPECT_EQ(ended.text, "0 errors, 0 warnings, 0 notes\n");
}

}  // namespace
}  // namespace shadowreel
