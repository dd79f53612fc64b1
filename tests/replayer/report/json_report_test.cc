#include "replayer/report/json_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/replayer/report/example_summary.h"

namespace shadowreel {
namespace {

using Json = nlohmann::json;

Json Parsed(const Summary& summary) { return Json::parse(JsonReport(summary)); }

TEST(JsonReportTest, TheLedgerStandsAtTheTop) {
  const Summary summary = ExampleSummary();
  const Json report = Parsed(summary);
  EXPECT_EQ(report["schema_version"], 1);
  const std::vector<std::pair<const char*, uint64_t>> expected = {
      {"read", 24'780},    {"filtered", 317},     {"sampled_out", 12'073}, {"skipped", 45},
      {"planned", 12'345}, {"shed", 7},           {"cancelled", 0},        {"unsent", 4},
      {"sent", 12'334},    {"completed", 12'300}, {"failed", 21},          {"timed_out", 12},
      {"abandoned", 1}};
  for (const auto& [key, count] : expected) EXPECT_EQ(report[key], count) << key;
  EXPECT_EQ(report["filtered_by"], (Json{{"method", 17}, {"path", 300}}));
  EXPECT_EQ(report["skipped_by"], (Json{{"method POST", 40}, {"incomplete", 5}}));
  EXPECT_EQ(report["shed_by"], (Json{{"in-flight cap", 7}}));
  EXPECT_EQ(report["unsent_by"], (Json{{"connection refused", 4}}));
  EXPECT_EQ(report["failed_by"], (Json{{"connection reset", 20}, {"response is no HTTP", 1}}));
}

TEST(JsonReportTest, ThePlanIsNamedByItsDigest) {
  EXPECT_EQ(Parsed(ExampleSummary())["plan_digest"], "0f3a91c2d4e5b6a79880716253443526");
}

TEST(JsonReportTest, ASubsetIsNamedWhenThereIsOne) {
  Summary summary = ExampleSummary();
  EXPECT_FALSE(Parsed(summary).contains("subset"));
  summary.run.subset = SubsetFacts{.name = "v2",
                                   .host = "httpbin",
                                   .labels = {{"version", "v2"}},
                                   .endpoints = {"10.1.2.3:80", "10.1.2.4:8080"}};
  EXPECT_EQ(Parsed(summary)["subset"], (Json{{"name", "v2"},
                                             {"labels", {{"version", "v2"}}},
                                             {"endpoints", {"10.1.2.3:80", "10.1.2.4:8080"}}}));
}

TEST(JsonReportTest, TimesAreNanoseconds) {
  const Summary summary = ExampleSummary();
  const Json report = Parsed(summary);
  const auto check = [&](const char* key, const TimeQuantiles& times) {
    EXPECT_EQ(report[key], (Json{{"p50", times.p50.count()},
                                 {"p90", times.p90.count()},
                                 {"p99", times.p99.count()},
                                 {"p999", times.p999.count()},
                                 {"max", times.max.count()},
                                 {"mean", times.mean.count()},
                                 {"count", times.count}}));
  };
  check("latency_nanos", summary.latency);
  check("service_time_nanos", summary.service_time);
  check("send_lag_nanos", summary.send_lag);
  EXPECT_EQ(report["send_lag_nanos"]["max"], 69'000);
  EXPECT_EQ(report["duration_nanos"], 62'100'000'000);
}

TEST(JsonReportTest, StatusEndpointsAndSharesAreThere) {
  const Summary summary = ExampleSummary();
  const Json report = Parsed(summary);
  EXPECT_EQ(report["status"], (Json{{"200", 11'891}, {"404", 397}, {"503", 12}}));
  EXPECT_EQ(report["status_classes"], (Json{{"2xx", 11'891}, {"4xx", 397}, {"5xx", 12}}));
  EXPECT_EQ(report["endpoints"].size(), summary.endpoints.size());
  const Json& first = report["endpoints"][0];
  EXPECT_EQ(first["endpoint"], "GET /cart");
  EXPECT_EQ(first["sent"], 8200);
  EXPECT_EQ(first["errors"], summary.endpoints[0].errors);
  EXPECT_EQ(first["latency_nanos"]["p99"], summary.endpoints[0].p99.count());
  EXPECT_DOUBLE_EQ(report["achieved_rate"].get<double>(), summary.achieved_rate);
  EXPECT_NEAR(report["achieved_rate"].get<double>(), 200, 0.1);
  EXPECT_DOUBLE_EQ(report["replayed_share"].get<double>(), 12'334.0 / 24'780);
  EXPECT_DOUBLE_EQ(report["denied_share"].get<double>(), 397.0 / 12'300);
}

TEST(JsonReportTest, TheRunIsNamed) {
  const Json report = Parsed(ExampleSummary());
  EXPECT_EQ(report["run_id"], "4f2a9c31d07be856");
  EXPECT_EQ(report["target"], "http://127.0.0.1:18082");
  EXPECT_EQ(report["transport"], "curl 7.88.1");
  EXPECT_EQ(report["load"], "speed 2, percent 50");
  EXPECT_EQ(report["started"], "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(report["stopped_by"], "");
  EXPECT_EQ(report["closed_loop"], false);
}

TEST(JsonReportTest, TheVerdictCarriesItsReasons) {
  const Json valid = Parsed(ExampleSummary());
  EXPECT_EQ(valid["valid"], true);
  EXPECT_EQ(valid["reasons"], Json::array());
  const Json limited = Parsed(GeneratorLimitedSummary());
  EXPECT_EQ(limited["valid"], false);
  EXPECT_EQ(limited["generator_limited"], true);
  ASSERT_EQ(limited["reasons"].size(), 3u);
  EXPECT_TRUE(
      limited["reasons"][0].get<std::string>().starts_with("generator-limited: send lag p99 "));
  EXPECT_TRUE(limited["reasons"][1].get<std::string>().starts_with("generator-limited: shed "));
  EXPECT_TRUE(limited["reasons"][2].get<std::string>().starts_with("stopped before the end: "));
}

TEST(JsonReportTest, ThresholdsAreThereWithWhatWasObserved) {
  Summary summary = ExampleSummary();
  EXPECT_EQ(Parsed(summary)["thresholds"], Json::array());
  ThresholdResult result;
  result.threshold.text = "errors < 0.1%";
  result.threshold.unit = BoundUnit::kShare;
  result.threshold.endpoint = "GET /cart";
  result.threshold.bound = 0.001;
  result.value = 0.004;
  result.observed = "0.4 %";
  ThresholdResult unmeasured = result;
  unmeasured.measured = false;
  summary.thresholds = {result, unmeasured};
  const Json report = Parsed(summary);
  EXPECT_EQ(report["thresholds"][0], (Json{{"text", "errors < 0.1%"},
                                           {"endpoint", "GET /cart"},
                                           {"passed", false},
                                           {"measured", true},
                                           {"value", 0.004},
                                           {"bound", 0.001},
                                           {"unit", "share"},
                                           {"observed", "0.4 %"},
                                           {"aborted", false}}));
  EXPECT_EQ(report["thresholds"][1]["value"], nullptr);
}

TEST(JsonReportTest, AnEmptyRunHasEveryKeyOfAFullOne) {
  const Json full = Parsed(ExampleSummary());
  const Json empty = Parsed(EmptySummary());
  for (const auto& [key, value] : full.items()) {
    ASSERT_TRUE(empty.contains(key)) << key;
    EXPECT_EQ(empty[key].type_name(), std::string(value.type_name())) << key;
  }
  EXPECT_EQ(empty["valid"], true);
  EXPECT_EQ(empty["notes"], Json{"nothing was planned"});
  EXPECT_EQ(empty["endpoints"], Json::array());
  EXPECT_EQ(empty["status"], Json::object());
}

TEST(JsonReportTest, BytesThatAreNoTextDoNotBreakTheFile) {
  Summary summary = EmptySummary();
  summary.run.recording = "caf\xe9";
  EXPECT_EQ(Parsed(summary)["recording"], "caf\xef\xbf\xbd");
}

TEST(JsonReportTest, ThresholdsStandInTheirOrder) {
  Summary summary = ExampleSummary();
  EXPECT_EQ(Parsed(summary)["thresholds"], Json::array());
  ThresholdResult failed;
  failed.threshold.text = "errors < 0.1% for GET /cart, abort";
  failed.threshold.endpoint = "GET /cart";
  failed.threshold.unit = BoundUnit::kShare;
  failed.threshold.bound = 0.001;
  failed.aborted = true;
  failed.value = 0.25;
  failed.observed = "25.0 % (1 of 4)";
  ThresholdResult unmeasured;
  unmeasured.threshold.text = "latency.p99 < 1ms";
  unmeasured.threshold.bound = 1e6;
  unmeasured.measured = false;
  unmeasured.observed = "nothing was measured";
  ThresholdResult passed;
  passed.threshold.text = "achieved_rate > 5";
  passed.threshold.unit = BoundUnit::kRate;
  passed.threshold.bound = 5;
  passed.passed = true;
  passed.value = 7.5;
  passed.observed = "7.5/s";
  summary.thresholds = {failed, unmeasured, passed};
  EXPECT_EQ(Parsed(summary)["thresholds"], Json::parse(R"json([
      {"text": "errors < 0.1% for GET /cart, abort", "endpoint": "GET /cart", "passed": false,
       "measured": true, "value": 0.25, "bound": 0.001, "unit": "share",
       "observed": "25.0 % (1 of 4)", "aborted": true
},
      {"text": "latency.p99 < 1ms", "endpoint": "", "passed": false, "measured": false,
       "value": null, "bound": 1000000.0, "unit": "nanos", "observed": "nothing was measured",
       "aborted": false},
      {"text": "achieved_rate > 5", "endpoint": "", "passed": true, "measured": true,
       "value": 7.5, "bound": 5.0, "unit": "rate", "observed": "7.5/s", "aborted": false}])json"));
}

}  // namespace
}  // namespace shadowreel
