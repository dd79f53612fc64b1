// Scenarios of any bytes. What is read without a problem, written as the flags that it stands for
// and read again, is the same.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "scenarios/loader/flag_arguments.h"
#include "scenarios/loader/load_scenario.h"
#include "scenarios/loader/rules.h"
#include "scenarios/print.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fuzz/same.h"
#include "tests/fuzz/yaml_places.h"

namespace shadowreel {
namespace {

constexpr char kPath[] = "d/scenario.yaml";
constexpr char kIncluded[] = "d/base.yaml";
constexpr char kIncludedText[] =
    "about: what others start from\n"
    "capture: {listen: ':0', out: here, percent: 50}\n"
    "replay: {rate: 100, header: x-env, rewrite_path: [/a -> /b]}\n"
    "thresholds: [{check: errors == 0, grace: 1s, abort_on_fail: true}]\n";

std::optional<std::string> Variable(const std::string& name) {
  if (name == "NUMBER") return "7";
  if (name == "SECRET") return "hunter2";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

// Of a section, as its program's command line has it.
std::vector<std::string> ArgumentsOf(const std::vector<Setting>& settings, bool of_recorder) {
  std::vector<std::string> arguments = {of_recorder ? "recorder" : "replayer"};
  for (const Setting& setting : settings) {
    const std::string flag = FlagOf(*setting.field);
    if (flag.empty() || setting.key.starts_with("capture.") != of_recorder) continue;
    if (!IsRepeatableFlag(*setting.field)) {
      arguments.push_back("--" + flag + "=" + FlagTextOf(setting));
      continue;
    }
    for (const std::string& value : setting.values) {
      arguments.push_back("--" + flag + "=" + value);
    }
  }
  return arguments;
}

std::string FlagsOf(const LoadedScenario& loaded, bool of_recorder) {
  std::string text;
  for (const std::string& argument : ArgumentsOf(SettingsOf(loaded), of_recorder)) {
    text += argument + "\n";
  }
  return text;
}

void CheckFlags(const LoadedScenario& loaded) {
  for (const bool of_recorder : {true, false}) {
    const auto again = ReadFlagArguments(ArgumentsOf(SettingsOf(loaded), of_recorder), loaded);
    CheckSame("the flags' errors", "", again.ok() ? "" : Message(again.status()));
    CheckSame("flags", FlagsOf(loaded, of_recorder), FlagsOf(*again, of_recorder));
  }
}

void CheckSources(const LoadedScenario& loaded, std::string_view input) {
  for (const auto& [key, origin] : loaded.origins) {
    const auto check = [&](const Place& place) {
      if (*place.file == kPath) CheckPlace(place, input);
      if (*place.file == kIncluded) CheckPlace(place, kIncludedText);
    };
    check(origin.place);
    for (const Source& source : origin.values) check(source.place);
  }
  for (const Setting& setting : SettingsOf(loaded)) {
    CHECK(setting.values.size() == setting.origin.values.size());
  }
}

void FuzzScenario(std::string_view input) {
  FaultyFileSystem files({"d"});
  files.SetContents(kIncluded, kIncludedText);
  Problems problems;
  const LoadedScenario loaded = ParseScenario(files, input, kPath, Variable, &problems);
  const std::string said = CheckProblems(problems, kPath, input);
  CheckSources(loaded, input);
  Problems problems_again;
  const LoadedScenario again = ParseScenario(files, input, kPath, Variable, &problems_again);
  CheckSame("problems of two readings", said, CheckProblems(problems_again, kPath, input));
  CheckSame("two readings", loaded.scenario.DebugString(), again.scenario.DebugString());
  if (problems.has_errors()) return;
  const std::vector<ShownValue> values = ValuesInForce(loaded);
  CHECK(!ValuesAsText(values).empty());
  CHECK(nlohmann::json::parse(ValuesAsJson(values))["values"].size() == values.size());
  CheckFlags(loaded);
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  shadowreel::FuzzScenario({reinterpret_cast<const char*>(data), size});
  return 0;
}
