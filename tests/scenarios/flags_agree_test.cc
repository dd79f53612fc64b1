// scenario.proto says which flags the recorder and the replayer have; their --help says it, too.

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "base/units.h"
#include "replayer/plan/schedule.h"
#include "scenarios/loader/rules.h"
#include "scenarios/scenario.pb.h"

namespace shadowreel {
namespace {

using google::protobuf::FieldDescriptor;
using Defaults = std::map<std::string, std::string>;

// Flags that are of one run and not of what it is meant to do.
const std::set<std::string> kNotInScenarios = {"scenario", "json", "dry_run", "help", "version"};

// Flags and their defaults by a program's --help.
Defaults FlagsOfProgram(const std::string& program) {
  FILE* const pipe = popen((program + " --help").c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string help;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) help += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0) << program;
  Defaults flags;
  std::istringstream lines(help);
  const std::regex flag("  --([a-z0-9_]+)(=(\\S+))? +(\\S.*)");
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, flag)) flags[match[1]] = match[3];
  }
  return flags;
}

// Flags and their defaults by scenario.proto.
Defaults FlagsOfScenario(bool recorder) {
  Defaults flags;
  for (const Section& section : Sections()) {
    if ((section.name == "capture") != recorder) continue;
    for (int i = 0; i < section.keys->field_count(); ++i) {
      const FieldDescriptor& field = *section.keys->field(i);
      if (!FlagOf(field).empty()) flags[FlagOf(field)] = RuleOf(field).standard();
    }
  }
  return flags;
}

void ExpectAgreement(const std::string& program, bool recorder) {
  const Defaults has = FlagsOfProgram(program);
  const Defaults says = FlagsOfScenario(recorder);
  ASSERT_GT(has.size(), 20u);
  for (const auto& [flag, standard] : says) {
    const auto found = has.find(flag);
    if (found == has.end()) {
      ADD_FAILURE() << program << " has no --" << flag;
    } else {
      EXPECT_EQ(found->second, standard) << program << " --" << flag;
    }
  }
  for (const auto& [flag, standard] : has) {
    EXPECT_EQ(says.count(flag) + kNotInScenarios.count(flag), 1u)
        << "a scenario cannot say --" << flag << " of " << program;
  }
}

TEST(FlagsAgreeTest, OfTheRecorder) { ExpectAgreement("recorder/recorder", true); }

TEST(FlagsAgreeTest, OfTheReplayer) { ExpectAgreement("replayer/replayer", false); }

// The schema holds the bounds as texts, the schedule as numbers.
TEST(FlagsAgreeTest, OnHowFastARecordingMayBeReplayed) {
  const auto* const replay = scenario::Replay::descriptor();
  for (const char* key : {"speed", "rate"}) {
    const scenario::Rule& rule = RuleOf(*replay->FindFieldByName(key));
    EXPECT_EQ(ParseNumber(rule.least()).value(), ScheduleOptions::kLeast) << key;
    EXPECT_EQ(ParseNumber(rule.most()).value(), ScheduleOptions::kMost) << key;
  }
}

TEST(FlagsAgreeTest, EveryFieldIsExplainedInOneLine) {
  for (const Section& section : Sections()) {
    for (int i = 0; i < section.keys->field_count(); ++i) {
      const FieldDescriptor& field = *section.keys->field(i);
      const std::string& about = RuleOf(field).about();
      EXPECT_FALSE(about.empty()) << field.full_name();
      EXPECT_LE(about.size(), 80u) << field.full_name();
      EXPECT_EQ(about.find('\n'), std::string::npos) << field.full_name();
    }
  }
}

}  // namespace
}  // namespace shadowreel
