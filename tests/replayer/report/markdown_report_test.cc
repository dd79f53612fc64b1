#include "replayer/report/markdown_report.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status.h"
#include "replayer/report/markdown_text.h"
#include "replayer/report/text_report.h"
#include "tests/replayer/report/example_summary.h"
#include "tests/replayer/report/report_examples.h"

namespace shadowreel {
namespace {

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string ReportWith(Summary summary, std::vector<ThresholdResult> thresholds,
                       const absl::Status& trouble = absl::OkStatus()) {
  summary.thresholds = std::move(thresholds);
  return MarkdownReport(summary, trouble);
}

TEST(MarkdownReportTest, TheHeadlineIsTheVerdictOfTheTextReport) {
  for (const Summary& summary : {ExampleSummary(), EmptySummary()}) {
    EXPECT_EQ(FirstLine(MarkdownReport(summary, absl::OkStatus())),
              "## ✅ " + FirstLine(TextReport(summary, false)));
  }
  EXPECT_EQ(FirstLine(MarkdownReport(GeneratorLimitedSummary(), absl::OkStatus())),
            "## ⚠️ GENERATOR-LIMITED: send lag p99 250.07 ms &#62; 10.00 ms (and 2 more)");
  EXPECT_TRUE(ReportWith(ExampleSummary(), FailedThresholds()).starts_with("## ❌ "));
}

TEST(MarkdownReportTest, WhatEndedARunGoesBeforeItsVerdict) {
  EXPECT_EQ(FirstLine(MarkdownReport(GeneratorLimitedSummary(), SafetyError("the breaker"))),
            "## ⛔ SAFETY: the breaker");
  EXPECT_EQ(FirstLine(MarkdownReport(ExampleSummary(), UnusableError("no disk"))),
            "## ❌ UNUSABLE: no disk");
}

TEST(MarkdownReportTest, ThresholdsSayPassAndFailInWordsFailedOnesFirst) {
  const std::string report = ReportWith(ExampleSummary(), FailedThresholds());
  EXPECT_NE(report.find("| Threshold | Observed | Result |\n"
                        "|:--|--:|:--|\n"
                        "| `latency.p50 < 2ms` | 3.24 ms | ❌ **fail** |\n"
                        "| `errors < 0.1%` | 0.4 % (45 of 12,334) | ❌ **fail**, ended the "
                        "run |\n"
                        "| `latency.p99 < 5ms for GET /cart` | 5.78 ms | ❌ **fail** |\n"),
            std::string::npos)
      << report;
  EXPECT_NE(report.find("| `latency.p99 < 250ms` | 5.78 ms | ✅ pass |\n\n"), std::string::npos);
}

TEST(MarkdownReportTest, AnInvalidRunSaysWhyAndJudgesNoThreshold) {
  const std::string report = ReportWith(GeneratorLimitedSummary(), FailedThresholds());
  EXPECT_NE(report.find("### Why this run measures nothing\n\n- send lag p99 "), std::string::npos);
  EXPECT_EQ(report.find("**fail**"), std::string::npos);
  EXPECT_EQ(report.find("✅"), std::string::npos);
  EXPECT_NE(report.find("| ➖ not judged |\n"), std::string::npos);
}

TEST(MarkdownReportTest, TheLedgerIsOneLine) {
  const std::string report = MarkdownReport(ExampleSummary(), absl::OkStatus());
  EXPECT_NE(report.find("\n**Sent** 12,334 of 24,780 records read (49.8 %): 12,300 completed, 21 "
                        "failed, 12 timed out, 1 abandoned. **Not sent:** 317 filtered, 12,073 "
                        "sampled out, 45 skipped, 7 shed, 4 unsent.\n"),
            std::string::npos)
      << report;
  EXPECT_NE(
      report.find("\n**Answers:** 11,891 2xx, 397 4xx, 12 5xx; 3.2 % were 401, 403 or 404.\n"),
      std::string::npos);
}

TEST(MarkdownReportTest, TheWorstEndpointsAreShownAndTheRestIsCounted) {
  const std::string report = MarkdownReport(ExampleSummary(), absl::OkStatus());
  const size_t failing = report.find("### Endpoints with errors");
  const size_t slowest = report.find("### Slowest endpoints");
  ASSERT_NE(failing, std::string::npos);
  ASSERT_NE(slowest, std::string::npos);
  EXPECT_LT(failing, slowest);
  EXPECT_NE(report.find("\n*17 more left out.*\n", slowest), std::string::npos) << report;
}

TEST(MarkdownReportTest, ARunThatDidNotTakePlaceSaysSo) {
  const std::string report = MarkdownReport(RefusedRun());
  EXPECT_EQ(FirstLine(report),
            "## ⛔ NOT RUN, SAFETY: 10.1.2.3: not loopback; name it with --allow\\_target to send "
            "there");
  EXPECT_NE(report.find("\nNothing was sent, so nothing was measured.\n"), std::string::npos);
  EXPECT_NE(report.find("| `errors < 1%` | – | ➖ not judged |\n"), std::string::npos);
}

TEST(MarkdownReportTest, HoweverMuchThereIsToSayACommentHoldsIt) {
  Summary summary = ExampleSummary();
  std::string hostile;
  while (hostile.size() < 5000) hostile += "`|@<";
  ThresholdResult failed = FailedThresholds()[1];
  failed.observed = failed.threshold.endpoint = failed.threshold.text = hostile;
  summary.thresholds.assign(500, failed);
  summary.reasons.assign(100, {.generator_limited = false, .text = hostile});
  summary.notes.assign(100, hostile);
  summary.run.recording = summary.run.target = summary.run.load = hostile;
  for (EndpointSummary& endpoint : summary.endpoints) {
    endpoint.endpoint = hostile;
    endpoint.errors = 1;
  }
  const std::string report = MarkdownReport(summary, UnusableError("{}", hostile));
  EXPECT_LE(report.size(), kMostMarkdownBytes);
  EXPECT_GT(report.size(), kMostMarkdownBytes / 2);
  EXPECT_NE(report.find(" more thresholds left out: no room.*\n"), std::string::npos);
  EXPECT_NE(report.find(" more reasons left out: no room.*\n"), std::string::npos);
  EXPECT_TRUE(report.ends_with("</details>\n"));
  NoRun no_run = RefusedRun();
  no_run.run = summary.run;
  no_run.thresholds.assign(500, failed.threshold);
  EXPECT_LE(MarkdownReport(no_run).size(), kMostMarkdownBytes);
}

TEST(MarkdownTextTest, CodeThatMarkdownCannotSpanIsWrittenInReferences) {
  EXPECT_EQ(MarkdownCode("GET /cart/{id}", 100), "`GET /cart/{id}`");
  EXPECT_EQ(MarkdownCode("a|b`<", 100), "<code>a&#124;b&#96;&#60;</code>");
  EXPECT_EQ(MarkdownCode("", 100), "");
  EXPECT_EQ(MarkdownCode("abcdef", 3), "`abc...`");
  EXPECT_EQ(MarkdownCode("a\nb", 100), "<code>a&#92;nb</code>");
}

TEST(MarkdownTextTest, ProseIsNoMarkup) {
  EXPECT_EQ(MarkdownProse("*a* _b_ `c` [d] ~e~ \\", 100),
            "\\*a\\* \\_b\\_ \\`c\\` \\[d\\] \\~e\\~ \\\\\\\\");
  EXPECT_EQ(MarkdownProse("<b>&|", 100), "&#60;b&#62;&#38;&#124;");
  EXPECT_EQ(MarkdownProse("@a #1 $x", 100), "<span>@</span>a <span>#</span>1 <span>$</span>x");
  EXPECT_EQ(MarkdownProse("http://a: b", 100), "http&#58;//a: b");
}

}  // namespace
}  // namespace shadowreel
