#include "scenarios/loader/load_scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/posix_file_system.h"
#include "base/status.h"
#include "scenarios/print.h"

namespace shadowreel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LoadScenarioTest : public ::testing::Test {
 protected:
  LoadScenarioTest()
      : directory_(::testing::TempDir() +
                   ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = directory_ + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  absl::StatusOr<LoadedScenario> Load(const std::string& path) {
    return LoadScenario(files_, path, [this](const std::string& name) {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    });
  }

  LoadedScenario LoadText(const std::string& text) {
    absl::StatusOr<LoadedScenario> loaded = Load(Write("s.yaml", text));
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return loaded.ok() ? *std::move(loaded) : LoadedScenario{};
  }

  // "KEY=VALUES@PLACE" of all settings, places without their directory.
  std::vector<std::string> Settings(const LoadedScenario& loaded) {
    std::vector<std::string> lines;
    for (const Setting& setting : SettingsOf(loaded)) {
      std::string place = setting.origin.place.Text();
      if (place.starts_with(directory_)) place.erase(0, directory_.size() + 1);
      lines.push_back(setting.key + "=" + FlagTextOf(setting) + "@" + place);
    }
    return lines;
  }

  std::string Error(const std::string& path) {
    const absl::StatusOr<LoadedScenario> loaded = Load(path);
    EXPECT_FALSE(loaded.ok());
    return loaded.ok() ? "" : Message(loaded.status());
  }

  PosixFileSystem files_;
  std::map<std::string, std::string> variables_;
  const std::string directory_;
};

TEST_F(LoadScenarioTest, EveryTypeIsRead) {
  const LoadedScenario loaded = LoadText(
      "about: |\n  two\n  lines\n"
      "capture:\n  listen: [127.0.0.1:0, '[::1]:0']\n  reset_rate: 0.5\n  seed: 0\n"
      "replay:\n  speed: 2\n  percent: 50%\n  max_rate: 10000\n  drop_conditional: false\n"
      "  set_header: {x-env: staging, x-n: 1}\n  add_header:\n    - a: b\n    - 'c: d'\n"
      "  path: 're:^/v[12]/$'\n"
      "endpoints: /cart/{id}\n"
      "reports: {junit: j.xml}\n");
  EXPECT_THAT(
      Settings(loaded),
      ElementsAre("about=two\nlines\n@s.yaml:1:8", "capture.listen=127.0.0.1:0,[::1]:0@s.yaml:5:11",
                  "capture.reset_rate=0.5@s.yaml:6:15", "capture.seed=0@s.yaml:7:9",
                  "replay.speed=2@s.yaml:9:10", "replay.percent=50%@s.yaml:10:12",
                  "replay.max_rate=10000@s.yaml:11:13", "replay.path=re:^/v[12]/$@s.yaml:17:9",
                  "replay.set_header=x-env: staging\nx-n: 1@s.yaml:13:15",
                  "replay.add_header=a: b\nc: d@s.yaml:15:5",
                  "replay.drop_conditional=false@s.yaml:12:21", "endpoints=/cart/{id}@s.yaml:18:12",
                  "reports.junit=j.xml@s.yaml:19:18"));
  EXPECT_EQ(loaded.scenario.replay().max_rate(), 10000);
  EXPECT_EQ(loaded.scenario.capture().listen(1), "[::1]:0");
  EXPECT_EQ(loaded.scenario.replay().pace_case(), scenario::Replay::kSpeed);
}

// What lists hold is what the replayer takes.
TEST_F(LoadScenarioTest, AsManyThresholdsAndEndpointsAsTheReplayerTakes) {
  for (const auto& [key, value] :
       {std::pair{"thresholds", "errors == 0"}, std::pair{"endpoints", "/a/{b}"}}) {
    const auto listed = [key = key, value = value](int count) {
      std::string text = std::string(key) + ":\n";
      for (int i = 0; i < count; ++i) text += "  - '" + std::string(value) + "'\n";
      return text;
    };
    EXPECT_TRUE(Load(Write("most.yaml", listed(200))).ok()) << key;
    const std::string path = Write("more.yaml", listed(201));
    EXPECT_EQ(Message(Load(path).status()),
              path + ":2:3: " + key + ": 201 of them, and at most 200 are taken");
  }
}

TEST_F(LoadScenarioTest, AnEmptyIncludedFileIsReportedBesideOtherErrors) {
  Write("empty.yaml", "# nothing\n");
  const std::string path = Write("s.yaml", "include: empty.yaml\nreply: {}\n");
  const std::string said = Message(Load(path).status());
  EXPECT_THAT(said, HasSubstr("unknown field 'reply'"));
  EXPECT_THAT(said, HasSubstr("empty.yaml:1:1: holds no scenario"));
}

TEST_F(LoadScenarioTest, ThresholdsBecomeTheFlagsLines) {
  const LoadedScenario loaded = LoadText(
      "thresholds:\n"
      "  - errors < 0.1%\n"
      "  - check: latency.p99 < 250ms\n    endpoint: GET /cart/{id}\n"
      "    abort_on_fail: true\n    grace: 10s\n"
      "  - {check: status.5xx == 0, abort_on_fail: true}\n");
  EXPECT_THAT(Settings(loaded),
              ElementsAre("thresholds=errors < 0.1%\n"
                          "latency.p99 < 250ms for GET /cart/{id}, abort after 10s\n"
                          "status.5xx == 0, abort@s.yaml:2:3"));
  EXPECT_EQ(loaded.scenario.thresholds_size(), 3);
}

TEST_F(LoadScenarioTest, JsonIsYaml) {
  EXPECT_THAT(Settings(LoadText(R"({"replay": {"speed": 2, "recording": ["a", "b"]}})")),
              ElementsAre("replay.recording=a,b@s.yaml:1:38", "replay.speed=2@s.yaml:1:22"));
}

TEST_F(LoadScenarioTest, VariablesAreReplaced) {
  variables_ = {{"HOST", "shop"}, {"EMPTY", ""}, {"ON", "true"}, {"N", "7"}};
  const LoadedScenario loaded = LoadText(
      "fold_paths: \"${ON}\"\n"
      "replay:\n"
      "  target: http://${HOST}:${PORT:-8080}\n"
      "  subset: ${EMPTY:-v2}\n"
      "  max_rate: \"${N}\"\n"
      "  path: 're:^/$$a$'\n"
      "  stop_file: ${SCENARIO_DIR}/stop\n"
      "  set_header: 'authorization: Bearer ${HOST}'\n");
  EXPECT_EQ(loaded.scenario.replay().target(), "http://shop:8080");
  EXPECT_EQ(loaded.scenario.replay().subset(), "v2");
  EXPECT_EQ(loaded.scenario.replay().max_rate(), 7);
  EXPECT_EQ(loaded.scenario.replay().path(), "re:^/$a$");
  EXPECT_EQ(loaded.scenario.replay().stop_file(), directory_ + "/stop");
  EXPECT_TRUE(loaded.scenario.fold_paths());
  EXPECT_EQ(loaded.scenario.replay().set_header(0), "authorization: Bearer shop");
}

TEST_F(LoadScenarioTest, ValuesOfAnIncludingFileWin) {
  Write("base/base.yaml",
        "replay:\n  target: http://a\n  speed: 2\n  seed: 5\n  method: [GET, HEAD]\n"
        "  ca_file: ${SCENARIO_DIR}/ca.pem\n"
        "thresholds:\n  - errors == 0\n");
  const LoadedScenario loaded = LoadText(
      "include: base/base.yaml\n"
      "replay:\n  rate: 100\n  seed: 0\n  method: POST\n");
  EXPECT_THAT(
      Settings(loaded),
      ElementsAre("include=base/base.yaml@s.yaml:1:10",
                  "replay.target=http://a@base/base.yaml:2:11", "replay.rate=100@s.yaml:3:9",
                  "replay.seed=0@s.yaml:4:9",
                  "replay.ca_file=" + directory_ + "/base/ca.pem@base/base.yaml:6:12",
                  "replay.method=POST@s.yaml:5:11", "thresholds=errors == 0@base/base.yaml:8:3"));
  EXPECT_EQ(loaded.scenario.replay().pace_case(), scenario::Replay::kRate);
}

TEST_F(LoadScenarioTest, AnEmptyListTakesTheBasesAway) {
  Write("base.yaml", "thresholds: [errors == 0]\n");
  EXPECT_EQ(LoadText("include: base.yaml\nthresholds: []\n").scenario.thresholds_size(), 0);
}

TEST_F(LoadScenarioTest, ProblemsOfBothFilesAreReported) {
  Write("base.yaml", "replay:\n  sped: 2\n");
  const std::string error = Error(Write("s.yaml", "include: base.yaml\nreplay:\n  percent: x\n"));
  EXPECT_THAT(error, HasSubstr(directory_ + "/base.yaml:2:3: unknown field 'sped'"));
  EXPECT_THAT(error, HasSubstr(directory_ + "/s.yaml:3:12: percent: 'x'"));
  EXPECT_THAT(error, HasSubstr("s.yaml has 2 problems:\n"));
}

TEST_F(LoadScenarioTest, CyclesOfIncludesEnd) {
  Write("sub/b.yaml", "include: ../s.yaml\n");
  EXPECT_THAT(Error(Write("s.yaml", "include: sub/b.yaml\n")), HasSubstr("includes itself"));
}

TEST_F(LoadScenarioTest, ChainsOfIncludesAreBounded) {
  for (int i = 0; i <= kMostIncludes + 1; ++i) {
    Write(std::to_string(i) + ".yaml", "include: " + std::to_string(i + 1) + ".yaml\n");
  }
  Write(std::to_string(kMostIncludes) + ".yaml", "replay: {seed: 1}\n");
  EXPECT_TRUE(Load(directory_ + "/0.yaml").ok());
  Write(std::to_string(kMostIncludes) + ".yaml",
        "include: " + std::to_string(kMostIncludes + 1) + ".yaml\n");
  EXPECT_THAT(Error(directory_ + "/0.yaml"), HasSubstr("more than 8 files"));
}

TEST_F(LoadScenarioTest, WhatIsNoFileIsSaid) {
  EXPECT_THAT(Error(directory_ + "/none.yaml"), HasSubstr("none.yaml: No such file"));
  EXPECT_THAT(Error(directory_), HasSubstr("not a regular file"));
  const std::string fifo = directory_ + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(Error(fifo), HasSubstr("not a regular file"));
  const std::string huge = Write("huge.yaml", "");
  std::filesystem::resize_file(huge, (size_t{16} << 20) + 1);
  EXPECT_THAT(Error(huge), HasSubstr("16777217 bytes"));
}

TEST_F(LoadScenarioTest, BinaryFilesAreProblems) {
  EXPECT_THAT(Error(Write("s.yaml", std::string("replay:\n  out: \0\n", 17))), HasSubstr(":2:8: "));
  EXPECT_THAT(Error(Write("s.yaml", "about: \xff\n")), HasSubstr(":1:8: "));
  Error(Write("s.yaml", std::string(100000, '[')));
}

TEST_F(LoadScenarioTest, LongAndManyProblemsAreKeptReadable) {
  const std::string error = Error(Write("s.yaml", "replay:\n  speed: " + std::string(100000, '9') +
                                                      "x\n  " + std::string(500, 'k') + ": 1\n"));
  EXPECT_LT(error.size(), 2000u);
  EXPECT_THAT(error, HasSubstr("x' is not a number"));
  EXPECT_THAT(error, HasSubstr("unknown field with a long name"));

  std::string many = "replay:\n";
  for (int i = 0; i < 1000; ++i) many += "  unknown_" + std::to_string(i) + ": 1\n";
  const std::string summary = Error(Write("s.yaml", many));
  EXPECT_THAT(summary, HasSubstr("has 1000 problems:\n"));
  EXPECT_THAT(summary, HasSubstr("\nand 800 more"));
}

TEST_F(LoadScenarioTest, WhatIsPrintedNamesItsOrigin) {
  variables_["TOKEN"] = "hunter2";
  const std::string path = Write("s.yaml",
                                 "replay:\n  rate: 5\n  recording: [a, b]\n"
                                 "  set_header: 'authorization: ${TOKEN}'\n"
                                 "thresholds: [errors == 0]\n");
  const absl::StatusOr<LoadedScenario> loaded = Load(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const std::vector<ShownValue> values = ValuesInForce(*loaded);
  const auto lines_of = [&](const std::string& key) {
    std::vector<std::string> lines;
    for (const ShownValue& each : values) {
      if (each.key == key) lines.push_back(each.value + " " + each.from);
    }
    return lines;
  };
  EXPECT_THAT(lines_of("replay.rate"), ElementsAre("5 " + path + ":2:9"));
  EXPECT_THAT(lines_of("replay.recording"),
              ElementsAre("a " + path + ":3:15", "b " + path + ":3:18"));
  EXPECT_THAT(lines_of("replay.set_header"),
              ElementsAre("authorization: ${TOKEN} " + path + ":4:15"));
  EXPECT_THAT(lines_of("replay.speed"), ElementsAre());  // rate stands in its place
  EXPECT_THAT(lines_of("replay.max_rate"), ElementsAre("10000 default"));
  EXPECT_THAT(lines_of("replay.target"), ElementsAre(" missing: give it here or as --target"));
  EXPECT_THAT(lines_of("capture.max_bytes"), ElementsAre());  // there is no capture
  EXPECT_THAT(lines_of("thresholds"), ElementsAre("errors == 0 " + path + ":5:14"));
}

}  // namespace
}  // namespace shadowreel
