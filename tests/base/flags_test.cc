#include "base/flags.h"

#include <gflags/gflags.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "base/version.h"

DEFINE_string(target, "", "where requests go");
DEFINE_int32(connections, 4, "how many connections");
DEFINE_uint64(budget, 10, "how many requests");
DEFINE_double(rate, 1.5, "requests per second");
DEFINE_bool(verify, true, "whether to verify");
DEFINE_bool(unlisted, false, "no flag of the program");

namespace shadowreel {
namespace {

using Arguments = std::vector<std::string>;

class FlagsTest : public ::testing::Test {
 protected:
  // The exit code, or nothing when the program goes on; what was printed is kept.
  std::optional<ExitCode> Parse(std::vector<const char*> line) {
    line.insert(line.begin(), "prog");
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const std::optional<ExitCode> code =
        ParseFlags(program_, static_cast<int>(line.size()), line.data(), &arguments_);
    std::fflush(stdout);
    output_ = ::testing::internal::GetCapturedStdout();
    errors_ = ::testing::internal::GetCapturedStderr();
    return code;
  }

  void ExpectError(std::vector<const char*> line, const std::string& message) {
    const std::optional<ExitCode> code = Parse(std::move(line));
    ASSERT_TRUE(code.has_value());
    EXPECT_EQ(static_cast<int>(*code), 2);
    EXPECT_EQ(errors_, "prog: " + message + "\n");
    EXPECT_EQ(output_, "");
  }

  void ExpectSuccessfulEnd(std::vector<const char*> line) {
    const std::optional<ExitCode> code = Parse(std::move(line));
    ASSERT_TRUE(code.has_value());
    EXPECT_EQ(static_cast<int>(*code), 0);
    EXPECT_EQ(errors_, "");
  }

  const gflags::FlagSaver saver_;
  const Program program_{
      "prog",
      "prog [flags] FILE",
      "Tests flags.",
      {{"Requests", {"target", "connections", "budget"}}, {"Measurement", {"rate", "verify"}}}};
  Arguments arguments_;
  std::string output_;
  std::string errors_;
};

TEST_F(FlagsTest, AValueFollowsAnEqualsSignOrASpaceAfterOneDashOrTwo) {
  EXPECT_EQ(Parse({"--target=a", "--connections", "7", "-budget=8", "-rate", "-2.5"}),
            std::nullopt);
  EXPECT_EQ(FLAGS_target, "a");
  EXPECT_EQ(FLAGS_connections, 7);
  EXPECT_EQ(FLAGS_budget, 8u);
  EXPECT_EQ(FLAGS_rate, -2.5);
  EXPECT_EQ(errors_ + output_, "");
}

TEST_F(FlagsTest, AValueMayBeEmptyOrHoldAnEqualsSign) {
  EXPECT_EQ(Parse({"--target=a=b"}), std::nullopt);
  EXPECT_EQ(FLAGS_target, "a=b");
  EXPECT_EQ(Parse({"--target="}), std::nullopt);
  EXPECT_EQ(FLAGS_target, "");
}

TEST_F(FlagsTest, TheLastOfAFlagsValuesCounts) {
  EXPECT_EQ(Parse({"--connections=1", "--connections=2"}), std::nullopt);
  EXPECT_EQ(FLAGS_connections, 2);
}

TEST_F(FlagsTest, BooleansNeedNoValue) {
  EXPECT_EQ(Parse({"--noverify"}), std::nullopt);
  EXPECT_FALSE(FLAGS_verify);
  EXPECT_EQ(Parse({"--verify", "false"}), std::nullopt);
  EXPECT_TRUE(FLAGS_verify);
  EXPECT_EQ(arguments_, Arguments({"false"}));
  EXPECT_EQ(Parse({"-noverify"}), std::nullopt);
  EXPECT_FALSE(FLAGS_verify);
  EXPECT_EQ(Parse({"--verify=true"}), std::nullopt);
  EXPECT_TRUE(FLAGS_verify);
  EXPECT_EQ(Parse({"--verify=false"}), std::nullopt);
  EXPECT_FALSE(FLAGS_verify);
}

TEST_F(FlagsTest, ArgumentsMayStandBetweenFlags) {
  EXPECT_EQ(Parse({"one", "--connections=3", "-", "two", ""}), std::nullopt);
  EXPECT_EQ(arguments_, Arguments({"one", "-", "two", ""}));
  EXPECT_EQ(FLAGS_connections, 3);
}

TEST_F(FlagsTest, TwoDashesEndTheFlags) {
  EXPECT_EQ(Parse({"--connections=3", "--", "--connections=5", "--help", "--"}), std::nullopt);
  EXPECT_EQ(arguments_, Arguments({"--connections=5", "--help", "--"}));
  EXPECT_EQ(FLAGS_connections, 3);
}

TEST_F(FlagsTest, AnUnknownFlagGetsASuggestion) {
  ExpectError({"--conections=3"}, "unknown flag --conections; did you mean --connections?");
  ExpectError({"-targte", "a"}, "unknown flag --targte; did you mean --target?");
}

TEST_F(FlagsTest, AFlagUnlikeAllOthersGetsAPointerToHelp) {
  ExpectError({"--something-else"}, "unknown flag --something-else; see prog --help");
}

TEST_F(FlagsTest, AFlagThatTheProgramDoesNotListDoesNotExist) {
  ExpectError({"--unlisted"}, "unknown flag --unlisted; see prog --help");
  ExpectError({"--nounlisted"}, "unknown flag --nounlisted; see prog --help");
  ExpectError({"--flagfile=/dev/null"}, "unknown flag --flagfile; see prog --help");
  EXPECT_FALSE(FLAGS_unlisted);
}

TEST_F(FlagsTest, OnlyBooleansCanBeNegated) {
  ExpectError({"--noconnections"}, "unknown flag --noconnections; did you mean --connections?");
  EXPECT_EQ(FLAGS_connections, 4);
}

TEST_F(FlagsTest, AWrongValueIsAnError) {
  ExpectError({"--connections=many"}, "--connections=many: not a valid int32");
  ExpectError({"--connections="}, "--connections=: not a valid int32");
  ExpectError({"--connections=3x"}, "--connections=3x: not a valid int32");
  ExpectError({"--connections=4294967296"}, "--connections=4294967296: not a valid int32");
  ExpectError({"--budget=-1"}, "--budget=-1: not a valid uint64");
  ExpectError({"--verify=maybe"}, "--verify=maybe: not a valid bool");
  EXPECT_EQ(FLAGS_connections, 4);
  EXPECT_EQ(FLAGS_budget, 10u);
  EXPECT_TRUE(FLAGS_verify);
}

TEST_F(FlagsTest, ADoubleMustBeFinite) {
  for (const std::string value : {"nan", "-nan", "NaN", "inf", "-inf", "infinity", "1e999"}) {
    const std::string flag = "--rate=" + value;
    ExpectError({flag.c_str()}, flag + ": not a valid double");
  }
  EXPECT_EQ(FLAGS_rate, 1.5);
}

TEST_F(FlagsTest, AMissingValueIsAnError) {
  ExpectError({"--connections"}, "--connections needs a value");
  ExpectError({"--verify", "-target"}, "--target needs a value");
}

TEST_F(FlagsTest, HelpListsEveryGroupAndEndsSuccessfully) {
  for (const char* help : {"--help", "-help", "-h"}) {
    ExpectSuccessfulEnd({help, "--unknown"});
    EXPECT_EQ(output_.find("usage: prog [flags] FILE\n\nTests flags.\n"), 0u);
    EXPECT_LT(output_.find("\nRequests:\n  --target "), output_.find("  --connections=4 "));
    EXPECT_LT(output_.find("  --connections=4 "), output_.find("\nMeasurement:\n  --rate=1.5 "));
    EXPECT_NE(output_.find("--verify=true"), std::string::npos);
    EXPECT_NE(output_.find("whether to verify\n"), std::string::npos);
    EXPECT_NE(output_.find("--version"), std::string::npos);
    EXPECT_EQ(output_.find("unlisted"), std::string::npos);
  }
}

TEST_F(FlagsTest, VersionIsOneLineAndEndsSuccessfully) {
  for (const char* version : {"--version", "-version"}) {
    ExpectSuccessfulEnd({version});
    EXPECT_EQ(output_, fmt::format("prog {}\n", kVersion));
  }
}

TEST_F(FlagsTest, AFlagSetToItsDefaultWasSet) {
  EXPECT_FALSE(FlagWasSet("connections"));
  EXPECT_EQ(Parse({"--connections=4"}), std::nullopt);
  EXPECT_TRUE(FlagWasSet("connections"));
  EXPECT_FALSE(FlagWasSet("budget"));
}

TEST_F(FlagsTest, AFlagsErrorNamesItAndKeepsItsCode) {
  const absl::Status status = FlagError("target", SafetyError("not allowed"));
  EXPECT_EQ(Message(status), "--target: not allowed");
  EXPECT_EQ(status.code(), SafetyError("x").code());
}

TEST_F(FlagsTest, AReportedErrorIsOneLineWithTheProgramsName) {
  ::testing::internal::CaptureStderr();
  const ExitCode code = ReportError(program_, UsageError("wrong"));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "prog: wrong\n");
  EXPECT_EQ(static_cast<int>(code), 2);
}

TEST_F(FlagsTest, AReportedErrorDoesNotActOnATerminal) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ReportError(program_, UsageError("a\x1b[2J\r\nb")), ExitCode::kUsage);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "prog: a\\x1b[2J\\x0d\nb\n");
}

TEST_F(FlagsTest, AnErrorNamesThePlaceThatSetTheFlag) {
  ASSERT_EQ(Parse({}), std::nullopt);
  ASSERT_TRUE(SetFlagFrom("target", "http://x", "perf.yaml:7:12").ok());
  EXPECT_EQ(FlagText("target"), "http://x");
  EXPECT_TRUE(FlagWasSet("target"));
  EXPECT_EQ(Message(FlagError("target", UsageError("no"))), "perf.yaml:7:12: --target: no");
  const auto said = [&](const absl::Status& status) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(ReportError(program_, status), ExitCode::kUsage);
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(said(UsageError("--target=x is odd")),
            "prog: --target=x is odd (--target is at perf.yaml:7:12)\n");
  EXPECT_EQ(said(FlagError("target", UsageError("no"))), "prog: perf.yaml:7:12: --target: no\n");
  EXPECT_EQ(said(UsageError("--targets and --connections")), "prog: --targets and --connections\n");
}

TEST_F(FlagsTest, AValueOfAFileThatItsFlagCannotHaveIsNamed) {
  ASSERT_EQ(Parse({}), std::nullopt);
  EXPECT_EQ(Message(SetFlagFrom("connections", "many", "perf.yaml:3:4")),
            "perf.yaml:3:4: --connections=many: not a valid int32");
}

}  // namespace
}  // namespace shadowreel
