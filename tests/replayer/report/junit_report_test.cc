#include "replayer/report/junit_report.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "tests/replayer/report/example_summary.h"
#include "tests/replayer/report/report_examples.h"

namespace shadowreel {
namespace {

using Lines = std::vector<std::string>;

// Lines of the report that hold `text`, without indentation.
Lines LinesWith(const std::string& report, const std::string& text) {
  Lines lines;
  for (size_t begin = 0; begin < report.size();) {
    const size_t end = report.find('\n', begin);
    const std::string line = report.substr(begin, end - begin);
    begin = end + 1;
    if (line.find(text) == std::string::npos) continue;
    lines.push_back(line.substr(line.find_first_not_of(' ')));
  }
  return lines;
}

std::string Passed(const absl::Status& trouble = absl::OkStatus()) {
  Summary summary = ExampleSummary();
  summary.thresholds = PassedThresholds();
  return JunitReport(summary, trouble);
}

std::string Failed() {
  Summary summary = ExampleSummary();
  summary.thresholds = FailedThresholds();
  return JunitReport(summary, absl::OkStatus());
}

TEST(JunitReportTest, ARunThatPassedHasACaseForItselfItsValidityAndEachThreshold) {
  EXPECT_EQ(
      LinesWith(Passed(), "<testcase"),
      (Lines{
          R"(<testcase classname="shadowreel" name="run" time="62.100">)",
          R"(<testcase classname="shadowreel" name="validity" time="0.000">)",
          R"(<testcase classname="all endpoints" name="latency.p99 &lt; 250ms" time="0.000">)",
          R"(<testcase classname="all endpoints" name="errors &lt; 1%" time="0.000">)",
          R"(<testcase classname="GET /cart" name="latency.p99 &lt; 50ms for GET /cart" time="0.000">)"}));
  EXPECT_EQ(LinesWith(Passed(), "<testsuite "),
            (Lines{R"(<testsuite name="shadowreel replay" tests="5" failures="0" errors="0" )"
                   R"(skipped="0" time="62.100" timestamp="2023-11-14T22:13:20.123Z">)"}));
  EXPECT_EQ(LinesWith(Passed(), "<system-out>").front(),
            "<system-out>observed 5.78 ms</system-out>");
}

TEST(JunitReportTest, TheRunIsNamedInProperties) {
  EXPECT_EQ(LinesWith(Passed(), "<property "),
            (Lines{R"(<property name="run_id" value="4f2a9c31d07be856"/>)",
                   R"(<property name="recording" value="recordings/evening"/>)",
                   R"(<property name="target" value="http://127.0.0.1:18082"/>)",
                   R"(<property name="transport" value="curl 7.88.1"/>)",
                   R"(<property name="load" value="speed 2, percent 50"/>)",
                   R"(<property name="plan_digest" value="0f3a91c2d4e5b6a79880716253443526"/>)"}));
}

TEST(JunitReportTest, AFailedThresholdSaysWhatWasObservedInAttributeAndContent) {
  const std::string report = Failed();
  EXPECT_EQ(LinesWith(report, "tests=").front(),
            R"(<testsuites name="shadowreel" tests="8" failures="5" errors="0" skipped="0" )"
            R"(time="62.100">)");
  EXPECT_EQ(LinesWith(report, "latency.p50 &lt; 2ms: ").front(),
            R"(<failure message="latency.p50 &lt; 2ms: observed 3.24 ms" type="threshold">)"
            R"(latency.p50 &lt; 2ms: observed 3.24 ms</failure>)");
  EXPECT_NE(report.find("errors &lt; 0.1%: observed 0.4 % (45 of 12,334)\nit ended the run"),
            std::string::npos);
  EXPECT_NE(report.find(R"(message="latency.p99 &lt; 50ms for GET /nowhere: nothing was measured" )"
                        R"(type="not-measured")"),
            std::string::npos);
}

TEST(JunitReportTest, NoTwoCasesHaveOneName) {
  EXPECT_EQ(
      LinesWith(Failed(), R"(classname="GET /cart")"),
      (Lines{
          R"(<testcase classname="GET /cart" name="latency.p99 &lt; 5ms for GET /cart" time="0.000">)",
          R"x(<testcase classname="GET /cart" name="latency.p99 &lt; 5ms for GET /cart (2)" time="0.000">)x"}));
}

TEST(JunitReportTest, AnInvalidRunIsAnErrorAndItsThresholdsAreSkipped) {
  Summary summary = GeneratorLimitedSummary();
  summary.thresholds = FailedThresholds();
  const std::string report = JunitReport(summary, absl::OkStatus());
  EXPECT_EQ(LinesWith(report, "<testsuites ").front(),
            R"(<testsuites name="shadowreel" tests="8" failures="0" errors="1" skipped="6" )"
            R"(time="62.100">)");
  EXPECT_NE(report.find(R"(<error message="send lag p99 250.07 ms &gt; 10.00 ms" )"
                        R"(type="generator-limited">)"),
            std::string::npos);
  EXPECT_NE(report.find("\nstopped before the end: the breaker"), std::string::npos);
  EXPECT_EQ(LinesWith(report, "<skipped").front(),
            "<skipped message=\"the run is invalid, so this means nothing: send lag p99 250.07 ms "
            "&gt; 10.00 ms\">the run is invalid, so this means nothing: send lag p99 250.07 ms "
            "&gt; 10.00 ms</skipped>");
}

TEST(JunitReportTest, ARunThatSafetyOrADiskEndedIsAnError) {
  EXPECT_EQ(LinesWith(Passed(SafetyError("the breaker stopped the run")), "<error").front(),
            "<error message=\"the breaker stopped the run\" type=\"safety\">the breaker stopped "
            "the run</error>");
  EXPECT_EQ(LinesWith(Passed(DamageError("chunk 3")), "<error").front(),
            R"(<error message="chunk 3" type="unusable">chunk 3</error>)");
}

TEST(JunitReportTest, ARunThatDidNotTakePlaceIsAnErrorAndAllElseIsSkipped) {
  const std::string report = JunitReport(RefusedRun());
  EXPECT_EQ(LinesWith(report, "<testsuites ").front(),
            R"(<testsuites name="shadowreel" tests="5" failures="0" errors="1" skipped="4" )"
            R"(time="0.000">)");
  EXPECT_EQ(LinesWith(report, "<error").size(), 1u);
  EXPECT_NE(LinesWith(report, "<error").front().find("type=\"safety\">10.1.2.3: not loopback"),
            std::string::npos);
}

TEST(JunitReportTest, WhatXmlCannotHoldIsShown) {
  Summary summary = ExampleSummary();
  summary.run.recording = HostileText();
  EXPECT_EQ(LinesWith(JunitReport(summary, absl::OkStatus()), "\"recording\"").front(),
            "<property name=\"recording\" value=\"a]]&gt;b &lt;b onclick='x'&gt;&quot;&amp;amp;"
            "&lt;/td&gt;|`c``d` **e** _f_ [g](http://h) @octocat #1 $i$ ~~j~~ \\\\|k\\nl\\t\\r"
            "\\x1b[31m\\x01 caf\\xe9 \xef\xbf\xbd\xef\xbf\xbd \\xed\\xa0\\x80 \xc3\xa9\"/>");
}

}  // namespace
}  // namespace shadowreel
