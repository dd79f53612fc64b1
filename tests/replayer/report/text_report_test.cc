#include "replayer/report/text_report.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/replayer/report/example_summary.h"

namespace shadowreel {
namespace {

std::string Golden(const std::string& name) {
  std::ifstream file("tests/replayer/report/" + name);
  EXPECT_TRUE(file.is_open()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(TextReportTest, AValidRunReadsLikeThis) {
  EXPECT_EQ(TextReport(ExampleSummary(), false), Golden("valid_run.txt"));
}

TEST(TextReportTest, AGeneratorLimitedRunReadsLikeThis) {
  EXPECT_EQ(TextReport(GeneratorLimitedSummary(), false), Golden("generator_limited_run.txt"));
}

TEST(TextReportTest, AnEmptyRunReadsLikeThis) {
  EXPECT_EQ(TextReport(EmptySummary(), false), Golden("empty_run.txt"));
}

TEST(TextReportTest, NoLineIsLongerThanAHundredColumns) {
  for (const Summary& summary : {ExampleSummary(), GeneratorLimitedSummary(), EmptySummary()}) {
    std::istringstream report(TextReport(summary, false));
    for (std::string line; std::getline(report, line);) EXPECT_LE(line.size(), 100u) << line;
  }
}

TEST(TextReportTest, TheFirstLineCarriesTheOnlyReason) {
  Summary summary = ExampleSummary();
  summary.reasons = {{.generator_limited = false, .text = "stopped before the end: SIGINT"}};
  const std::string report = TextReport(summary, false);
  EXPECT_TRUE(report.starts_with("INVALID: stopped before the end: SIGINT\nReplayed "));
  EXPECT_EQ(report.find("\nReasons\n"), std::string::npos);
}

TEST(TextReportTest, AReasonTooLongForTheFirstLineIsTherePutInWhole) {
  Summary summary = ExampleSummary();
  std::string reason;
  for (int i = 0; i < 30; ++i) reason += "word" + std::to_string(i) + ' ';
  reason += "last";
  summary.reasons = {{.generator_limited = false, .text = reason}};
  const std::string report = TextReport(summary, false);
  const std::string first = report.substr(0, report.find('\n'));
  EXPECT_EQ(first.size(), 100u);
  EXPECT_TRUE(first.ends_with("..."));
  EXPECT_NE(report.find("\nReasons\n  - word0 "), std::string::npos);
  EXPECT_NE(report.find(" last\n"), std::string::npos);
}

TEST(TextReportTest, LongEndpointsAreCutAndUnmeasuredOnesHaveNoTimes) {
  Summary summary = ExampleSummary();
  summary.endpoints = {
      {.endpoint = "GET /" + std::string(90, 'q'), .sent = 1234567, .errors = 1234567}};
  const std::string report = TextReport(summary, false);
  EXPECT_NE(report.find("\n           1,234,567      1,234,567              -              -   "
                        "GET /qqqqqqqqqqqqqqqqqqqqqqqq...\n"),
            std::string::npos)
      << report;
}

TEST(TextReportTest, ASubsetStandsBelowTheTarget) {
  Summary summary = ExampleSummary();
  summary.run.subset = SubsetFacts{.name = "v2",
                                   .host = "httpbin",
                                   .labels = {{"version", "v2"}, {"app", "bin"}},
                                   .endpoints = {"10.1.2.3:80", "10.1.2.4:80", "10.1.2.5:80"}};
  EXPECT_NE(TextReport(summary, false)
                .find("\n  target      http://127.0.0.1:18082\n"
                      "  subset      v2 of httpbin (app=bin, version=v2): 3 endpoints\n"
                      "  transport "),
            std::string::npos);
  summary.run.subset->labels.clear();
  summary.run.subset->endpoints.resize(1);
  EXPECT_NE(TextReport(summary, false).find("  subset      v2 of httpbin: 1 endpoint\n"),
            std::string::npos);
}

TEST(TextReportTest, ANoteStandsBeforeTheRun) {
  Summary summary = ExampleSummary();
  summary.notes = {"closed loop"};
  EXPECT_NE(TextReport(summary, false).find("\nNote: closed loop\n\nRun\n"), std::string::npos);
}

TEST(TextReportTest, ColourIsForTheVerdictAlone) {
  const std::string plain = TextReport(ExampleSummary(), false);
  const std::string painted = TextReport(ExampleSummary(), true);
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_EQ(painted, "\x1b[1;32mVALID\x1b[0m" + plain.substr(std::string("VALID").size()));
}

TEST(TextReportTest, NothingReadIsSaid) {
  const std::string report = TextReport(Summarize({}, {}, {}, {}), false);
  EXPECT_TRUE(
      report.starts_with("VALID: nothing was planned\nReplayed nothing: no record was read.\n"));
}

ThresholdResult ResultOf(const char* text, bool passed, const char* observed) {
  ThresholdResult result;
  result.threshold.text = text;
  result.passed = passed;
  result.observed = observed;
  return result;
}

TEST(TextReportTest, AFailedThresholdOfAValidRunIsTheFirstLine) {
  Summary summary = ExampleSummary();
  summary.thresholds = {ResultOf("errors < 1%", true, "0.3 % (38 of 12,334)"),
                        ResultOf("latency.p99 < 5ms", false, "5.80 ms")};
  std::string report = TextReport(summary, false);
  EXPECT_TRUE(report.starts_with("FAILED: latency.p99 was 5.80 ms, bound < 5ms\nReplayed "))
      << report;
  EXPECT_NE(report.find("\n\nThresholds\n"
                        "  passed  errors < 1%: 0.3 % (38 of 12,334)\n"
                        "  FAILED  latency.p99 < 5ms: 5.80 ms\n"
                        "\nRun\n"),
            std::string::npos)
      << report;
  EXPECT_TRUE(TextReport(summary, true).starts_with("\x1b[1;31mFAILED\x1b[0m: "));

  summary.thresholds.push_back(ResultOf("shed == 0", false, "7 of 12,345"));
  summary.thresholds.back().aborted = true;
  report = TextReport(summary, false);
  EXPECT_TRUE(
      report.starts_with("FAILED: latency.p99 was 5.80 ms, bound < 5ms (and 1 more)\nReplayed "));
  EXPECT_NE(report.find("  FAILED  shed == 0: 7 of 12,345; this ended the run\n"),
            std::string::npos);

  summary.reasons = {{.generator_limited = false, .text = "because"}};
  EXPECT_TRUE(TextReport(summary, false).starts_with("INVALID: because\n"));
}

TEST(TextReportTest, AThresholdThatMeasuredNothingSaysSo) {
  Summary summary = ExampleSummary();
  summary.thresholds = {ResultOf("errors == 0 for /a", false, "nothing was measured")};
  summary.thresholds[0].measured = false;
  EXPECT_TRUE(TextReport(summary, false)
                  .starts_with("FAILED: errors == 0 for /a: nothing was measured\nReplayed "));
}

TEST(TextReportTest, ThresholdsThatPassedLeaveTheFirstLineAlone) {
  Summary summary = ExampleSummary();
  summary.thresholds = {ResultOf("errors < 1%", true, "0.3 % (38 of 12,334)")};
  EXPECT_TRUE(TextReport(summary, false).starts_with("VALID: "));
}

}  // namespace
}  // namespace shadowreel
