#include "tests/replayer/report/report_examples.h"

#include <utility>

#include "base/status.h"
#include "tests/replayer/report/example_summary.h"

namespace shadowreel {
namespace {

ThresholdResult Result(std::string text, bool passed, std::string observed) {
  ThresholdResult result;
  result.threshold.text = std::move(text);
  result.passed = passed;
  result.observed = std::move(observed);
  return result;
}

ThresholdResult Of(std::string endpoint, ThresholdResult result) {
  result.threshold.text += " for " + endpoint;
  result.threshold.endpoint = std::move(endpoint);
  return result;
}

Summary With(Summary summary, std::vector<ThresholdResult> thresholds) {
  summary.thresholds = std::move(thresholds);
  return summary;
}

Summary HostileSummary() {
  Summary summary = With(GeneratorLimitedSummary(), FailedThresholds());
  const std::string hostile = HostileText();
  summary.run.recording = hostile;
  summary.run.load = hostile;
  summary.reasons = {{.generator_limited = false, .text = hostile}};
  summary.notes = {hostile};
  summary.ledger.failed_by = {{hostile, 0}};
  summary.endpoints.resize(1);
  summary.endpoints[0].endpoint = "GET /" + hostile;
  summary.endpoints[0].errors = 3;
  summary.thresholds[0].threshold.text = summary.thresholds[0].threshold.endpoint = hostile;
  summary.thresholds[0].observed = hostile;
  return summary;
}

}  // namespace

std::string HostileText() {
  return "a]]>b <b onclick='x'>\"&amp;</td>|`c``d` **e** _f_ [g](http://h) @octocat #1 $i$ ~~j~~ "
         "\\|k\nl\t\r\x1b[31m\x01 caf\xe9 \xef\xbf\xbe\xef\xbf\xbf \xed\xa0\x80 \xc3\xa9";
}

std::vector<ThresholdResult> PassedThresholds() {
  return {Result("latency.p99 < 250ms", true, "5.78 ms"), Result("errors < 1%", true, "0.4 %"),
          Of("GET /cart", Result("latency.p99 < 50ms", true, "5.78 ms"))};
}

std::vector<ThresholdResult> FailedThresholds() {
  ThresholdResult aborted = Result("errors < 0.1%", false, "0.4 % (45 of 12,334)");
  aborted.aborted = true;
  ThresholdResult unmeasured =
      Of("GET /nowhere", Result("latency.p99 < 50ms", false, "nothing was measured"));
  unmeasured.measured = false;
  return {Result("latency.p99 < 250ms", true, "5.78 ms"),
          Result("latency.p50 < 2ms", false, "3.24 ms"),
          aborted,
          Of("GET /cart", Result("latency.p99 < 5ms", false, "5.78 ms")),
          Of("GET /cart", Result("latency.p99 < 5ms", false, "5.78 ms")),
          unmeasured};
}

std::vector<ReportExample> ReportExamples() {
  return {{"passed", With(ExampleSummary(), PassedThresholds())},
          {"failed", With(ExampleSummary(), FailedThresholds())},
          {"limited", With(GeneratorLimitedSummary(), FailedThresholds())},
          {"empty", EmptySummary()},
          {"hostile", HostileSummary()},
          {"breaker", GeneratorLimitedSummary(),
           SafetyError("the breaker stopped the run: 61.2 % of the last 1,000 requests failed")}};
}

NoRun RefusedRun() {
  NoRun no_run;
  no_run.run.run_id = "4f2a9c31d07be856";
  no_run.run.recording = "recordings/evening";
  no_run.run.target = "http://10.1.2.3:80";
  no_run.run.load = "speed 1";
  no_run.run.started = WallTime(std::chrono::milliseconds(1'700'000'000'123));
  for (const ThresholdResult& result : PassedThresholds()) {
    no_run.thresholds.push_back(result.threshold);
  }
  no_run.why = SafetyError("10.1.2.3: not loopback; name it with --allow_target to send there");
  return no_run;
}

}  // namespace shadowreel
