#include "replayer/report/junit_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/exit_code.h"
#include "base/status.h"
#include "base/units.h"
#include "formats/byte_text.h"

namespace shadowreel {
namespace {

constexpr size_t kMostTextBytes = 4000;

enum class End : uint8_t { kPassed, kFailed, kError, kSkipped };

struct TestCase {
  std::string classname;
  std::string name;
  Nanos time{0};
  End end = End::kPassed;
  std::string type{};                  // of a failure or an error
  std::string message{};               // one line; for a test that passed: what was observed
  std::vector<std::string> details{};  // more lines
};

// XML 1.0, 2.2: a document cannot hold control characters, nor U+FFFE and U+FFFF, not even as
// references. '>' is always written as one, so that no "]]>" is left (2.4).
std::string Escaped(std::string_view bytes) {
  const std::string text = EscapeBeginning(bytes, kMostTextBytes);
  std::string xml;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    if (rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf")) {
      xml += "\xef\xbf\xbd";
      i += 2;
    } else if (text[i] == '&') {
      xml += "&amp;";
    } else if (text[i] == '<') {
      xml += "&lt;";
    } else if (text[i] == '>') {
      xml += "&gt;";
    } else if (text[i] == '"') {
      xml += "&quot;";
    } else {
      xml += text[i];
    }
  }
  return xml;
}

std::string Seconds(Nanos time) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(time).count());
}

// Readers of one class show either the attribute or the content.
std::string Body(const TestCase& test) {
  std::string body = Escaped(test.message);
  for (const std::string& line : test.details) body += '\n' + Escaped(line);
  return body;
}

std::string EndOf(const TestCase& test) {
  const std::string message = Escaped(test.message);
  switch (test.end) {
    case End::kPassed:
      if (message.empty()) return "";
      return fmt::format("      <system-out>{}</system-out>\n", Body(test));
    case End::kSkipped:
      return fmt::format("      <skipped message=\"{}\">{}</skipped>\n", message, Body(test));
    case End::kFailed:
    case End::kError:
      break;
  }
  const char* tag = test.end == End::kFailed ? "failure" : "error";
  return fmt::format("      <{0} message=\"{1}\" type=\"{2}\">{3}</{0}>\n", tag, message,
                     Escaped(test.type), Body(test));
}

std::string Xml(const TestCase& test) {
  return fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\">\n{}    </testcase>\n",
                     Escaped(test.classname), Escaped(test.name), Seconds(test.time), EndOf(test));
}

std::string Property(std::string_view name, std::string_view value) {
  if (value.empty()) return "";
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, Escaped(value));
}

std::string Properties(const RunFacts& run) {
  std::string properties = "    <properties>\n";
  properties += Property("run_id", run.run_id);
  properties += Property("recording", run.recording);
  properties += Property("target", run.target);
  if (run.subset.has_value()) properties += Property("subset", run.subset->name);
  properties += Property("transport", run.transport);
  properties += Property("load", run.load);
  properties += Property("plan_digest", run.plan_digest);
  return properties + "    </properties>\n";
}

std::string Suite(const RunFacts& run, const std::vector<TestCase>& tests) {
  const auto count = [&](End end) {
    return std::count_if(tests.begin(), tests.end(),
                         [&](const TestCase& test) { return test.end == end; });
  };
  const std::string counts = fmt::format(
      "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"", tests.size(),
      count(End::kFailed), count(End::kError), count(End::kSkipped), Seconds(run.duration));
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml += fmt::format("<testsuites name=\"shadowreel\" {}>\n", counts);
  xml += fmt::format("  <testsuite name=\"shadowreel replay\" {} timestamp=\"{}\">\n", counts,
                     FormatTime(run.started));
  xml += Properties(run);
  for (const TestCase& test : tests) xml += Xml(test);
  return xml + "  </testsuite>\n</testsuites>\n";
}

std::string TypeOf(const absl::Status& status) {
  return ExitCodeFor(status) == ExitCode::kSafety ? "safety" : "unusable";
}

TestCase RunCase(const RunFacts& run, const absl::Status& trouble) {
  TestCase test{.classname = "shadowreel", .name = "run", .time = run.duration};
  if (trouble.ok()) return test;
  test.end = End::kError;
  test.type = TypeOf(trouble);
  test.message = Message(trouble);
  return test;
}

TestCase ValidityCase(const Summary& summary) {
  TestCase test{.classname = "shadowreel", .name = "validity"};
  if (summary.valid()) return test;
  test.end = End::kError;
  test.type = summary.generator_limited() ? "generator-limited" : "invalid";
  test.message = summary.reasons.front().text;
  for (size_t i = 1; i < summary.reasons.size(); ++i) {
    test.details.push_back(summary.reasons[i].text);
  }
  return test;
}

TestCase NamedFor(const Threshold& threshold) {
  const bool all = threshold.endpoint.empty();
  return {.classname = all ? "all endpoints" : threshold.endpoint, .name = threshold.text};
}

TestCase Skipped(const Threshold& threshold, std::string why) {
  TestCase test = NamedFor(threshold);
  test.end = End::kSkipped;
  test.message = std::move(why);
  return test;
}

TestCase Judged(const ThresholdResult& result) {
  TestCase test = NamedFor(result.threshold);
  if (result.passed) {
    test.message = fmt::format("observed {}", result.observed);
    return test;
  }
  test.end = End::kFailed;
  test.type = result.measured ? "threshold" : "not-measured";
  test.message = fmt::format("{}: observed {}", result.threshold.text, result.observed);
  if (!result.measured)
    test.message = fmt::format("{}: {}", result.threshold.text, result.observed);
  if (result.aborted) test.details.emplace_back("it ended the run");
  return test;
}

// "latency.p99 < 250ms", "latency.p99 < 250ms (2)"
void MakeNamesUnique(std::vector<TestCase>* tests) {
  std::set<std::pair<std::string, std::string>> seen;
  for (TestCase& test : *tests) {
    const std::string name = test.name;
    for (int n = 2; !seen.emplace(test.classname, test.name).second; ++n) {
      test.name = fmt::format("{} ({})", name, n);
    }
  }
}

}  // namespace

std::string JunitReport(const Summary& summary, const absl::Status& trouble) {
  std::vector<TestCase> tests = {RunCase(summary.run, trouble), ValidityCase(summary)};
  for (const ThresholdResult& result : summary.thresholds) {
    tests.push_back(summary.valid()
                        ? Judged(result)
                        : Skipped(result.threshold, "the run is invalid, so this means nothing: " +
                                                        summary.reasons.front().text));
  }
  MakeNamesUnique(&tests);
  return Suite(summary.run, tests);
}

std::string JunitReport(const NoRun& no_run) {
  const std::string skipped = "nothing was sent: " + Message(no_run.why);
  std::vector<TestCase> tests = {RunCase(no_run.run, no_run.why)};
  tests.push_back(
      {.classname = "shadowreel", .name = "validity", .end = End::kSkipped, .message = skipped});
  for (const Threshold& threshold : no_run.thresholds) {
    tests.push_back(Skipped(threshold, skipped));
  }
  MakeNamesUnique(&tests);
  return Suite(no_run.run, tests);
}

}  // namespace shadowreel
