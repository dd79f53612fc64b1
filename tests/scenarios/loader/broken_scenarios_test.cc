// A table of scenarios that are wrong: each names every place that is reported, in order, with a
// word that helps.

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "base/posix_file_system.h"
#include "scenarios/loader/load_scenario.h"

namespace shadowreel {
namespace {

struct Row {
  const char* name;
  const char* text;
  const char* expected;  // a line for each problem: "LINE:COLUMN: words of the message"
};

const Row kRows[] = {
    // Fields that do not exist, or not here.
    {"Typo", "replay:\n  sped: 2\n", "2:3: unknown field 'sped'; did you mean 'speed'?"},
    {"DashForUnderscore", "replay:\n  max-rate: 5\n", "2:3: did you mean 'max_rate'?"},
    {"WrongCase", "replay:\n  Speed: 5\n", "2:3: did you mean 'speed'?"},
    {"TypoOfSection", "reply:\n  speed: 2\n", "1:1: did you mean 'replay'?"},
    {"FieldOfOtherSection", "capture:\n  speed: 2\n", "2:3: it belongs to 'replay'"},
    {"FieldOfTwoOthers", "replay:\n  out: here\n", "2:3: it belongs to 'capture' or 'reports'"},
    {"FieldOfTopLevel", "replay:\n  fold_paths: true\n", "2:3: it belongs to the top level"},
    {"FieldOfSectionAtTop", "speed: 2\n", "1:1: it belongs to 'replay'"},
    {"FieldOfThresholdInReplay", "replay:\n  abort_on_fail: true\n",
     "2:3: it belongs to 'thresholds'"},
    {"TypoOfOtherSection", "capture:\n  max_inflight: 3\n",
     "2:3: did you mean 'max_in_flight' of 'replay'?"},
    {"FlagNameInSteadOfKey", "endpoint: /cart/{id}\n", "1:1: in a scenario it is 'endpoints'"},
    {"FlagNameOfThresholds", "threshold: errors == 0\n", "1:1: in a scenario it is 'thresholds'"},
    {"NothingLikeIt", "replay:\n  zzzzzzzzzz: 1\n", "2:3: known are recording, target"},
    {"NothingLikeItInReports", "reports:\n  zzzzzzzzzz: 1\n", "2:3: out, junit, markdown"},
    {"UnknownInThreshold", "thresholds:\n  - chek: errors == 0\n",
     "2:5: did you mean 'check'?\n2:5: a threshold needs its 'check'"},
    {"SeveralUnknown", "replay:\n  sped: 2\n  percnt: 5\ncaptur: {}\n",
     "2:3: 'speed'\n3:3: 'percent'\n4:1: 'capture'"},

    // What excludes each other, comes twice or is missing.
    {"DuplicateKey", "replay:\n  speed: 2\n  speed: 3\n", "3:3: speed"},
    {"DuplicateSection", "replay: {}\nreplay: {}\n", "2:1: replay"},
    {"SpeedAndRate", "replay:\n  speed: 2\n  rate: 100\n",
     "3:3: 'rate' and 'speed' (line 2) exclude each other"},
    {"RateAndSpeed", "replay:\n  rate: max\n  seed: 1\n  speed: 2\n",
     "4:3: 'speed' and 'rate' (line 2) exclude each other"},
    {"SpeedAndRateBothWrong", "replay:\n  speed: fast\n  rate: slow\n",
     "2:10: not a number\n3:3: exclude each other"},
    {"ThresholdWithoutCheck", "thresholds:\n  - endpoint: GET /cart\n", "2:5: needs its 'check'"},
    {"EmptyThreshold", "thresholds:\n  - {}\n", "2:5: needs its 'check'"},
    {"GraceWithoutAbort", "thresholds:\n  - check: errors == 0\n    grace: 10s\n",
     "3:12: grace: is a time of 'abort_on_fail: true'"},

    // Types.
    {"TopLevelList", "- replay\n", "1:1: a scenario is a mapping"},
    {"TopLevelText", "replay\n", "1:1: a scenario is a mapping"},
    {"SectionIsText", "replay: fast\n", "1:9: is a section; its keys stand below it"},
    {"SectionIsList", "replay:\n  - speed: 2\n", "2:3: is a section"},
    {"SectionWithoutKeys", "replay:\nabout: x\n", "1:1: is a section"},
    {"NoValue", "replay:\n  speed:\n", "2:3: speed: has no value"},
    {"NullValue", "replay:\n  target: null\n", "2:3: target: has no value"},
    {"TildeValue", "replay:\n  target: ~\n", "2:3: target: has no value"},
    {"NullInList", "replay:\n  recording:\n    - a\n    -\n", "4:5: recording: has no value"},
    {"EmptyText", "replay:\n  target: ''\n", "2:11: target: is empty"},
    {"ListForOne", "replay:\n  speed: [1, 2]\n", "2:10: speed: a list where one value"},
    {"MappingForOne", "replay:\n  speed: {factor: 2}\n", "2:10: speed: a mapping where one value"},
    {"MappingInList", "replay:\n  method: [{GET: 1}]\n", "2:12: method: a mapping where one value"},
    {"ListInList", "capture:\n  listen: [['127.0.0.1:1']]\n", "2:12: listen: a list where one"},
    {"MappingForList", "replay:\n  allow_target: {a: b}\n", "2:17: a mapping where one value"},
    {"QuotedBoolean", "fold_paths: 'true'\n", "1:13: write it without quotes"},
    {"YesForTrue", "fold_paths: yes\n", "1:13: 'yes' is neither true nor false"},
    {"OneForTrue", "replay:\n  drop_conditional: 1\n", "2:21: '1' is neither true nor false"},
    {"CapitalTrue", "fold_paths: True\n", "1:13: 'True' is neither true nor false"},
    {"QuotedNumber", "replay:\n  max_rate: '5'\n", "2:13: a number is expected"},
    {"TextForNumber", "replay:\n  max_rate: many\n", "2:13: 'many' is not a whole number"},
    {"FractionForInteger", "replay:\n  max_rate: 1.5\n", "2:13: '1.5' is not a whole number"},
    {"ExponentForInteger", "replay:\n  max_rate: 1e3\n", "2:13: '1e3' is not a whole number"},
    {"HexForInteger", "replay:\n  seed: 0x10\n", "2:9: '0x10' is not a whole number"},
    {"TextForDouble", "capture:\n  reset_rate: lots\n", "2:15: 'lots' is not a number"},
    {"NotANumber", "replay:\n  speed: .nan\n", "2:10: '.nan' is not a number"},
    {"Infinite", "replay:\n  speed: inf\n", "2:10: 'inf' is not a number"},

    // Ranges.
    {"RateOfZero", "replay:\n  max_rate: 0\n", "2:13: 0 is out of range: at least 1"},
    {"Negative", "replay:\n  max_in_flight: -1\n", "2:18: out of range: at least 1"},
    {"NegativeSeed", "replay:\n  seed: -1\n", "2:9: -1 is out of range"},
    {"BeyondInt32", "replay:\n  max_rate: 3000000000\n", "2:13: out of range"},
    {"BeyondUint64", "replay:\n  seed: 18446744073709551616\n", "2:9: not a whole number"},
    {"Compression", "capture:\n  compression: 20\n", "2:16: from 0 to 19"},
    {"TooLongCapture", "capture:\n  for: 73h\n", "2:8: 73h is out of range: from 1ns to 72h"},
    {"NoCaptureTime", "capture:\n  for: 0s\n", "2:8: 0s is out of range"},
    {"LongAckDeadline", "capture:\n  ack_deadline: 2m\n", "2:17: from 1ns to 60s"},
    {"ShortTimeout", "replay:\n  timeout: 1us\n", "2:12: at least 1ms"},
    {"SpeedOfZero", "replay:\n  speed: 0\n", "2:10: from 0.000001 to 1000000000"},
    {"NegativeRate", "replay:\n  rate: -5\n", "2:9: out of range"},
    {"SizeOfZero", "capture:\n  queue: 0\n", "2:10: at least 1"},
    {"PercentAbove", "replay:\n  percent: 101\n", "2:12: percentage from 0 to 100"},
    {"PercentBelow", "capture:\n  percent: -1%\n", "2:12: percentage from 0 to 100"},

    // Kinds.
    {"DurationWithoutUnit", "replay:\n  drain: 10\n", "2:10: '10' is not a duration"},
    {"DurationInDays", "capture:\n  for: 1d\n", "2:8: '1d' is not a duration"},
    {"SizeInMegabytes", "capture:\n  max_body: 1MB\n", "2:13: '1MB' is not a size"},
    {"NoWord", "capture:\n  redact: of\n", "2:11: 'of' is none of credentials, off; did you mean"},
    {"NoWordNear", "replay:\n  strip: everything\n", "2:10: none of mesh, none"},
    {"WrongTransport", "replay:\n  transport: wire\n", "2:14: none of auto, curl"},
    {"ListenWithoutPort", "capture:\n  listen: 127.0.0.1\n", "2:11: is not HOST:PORT"},
    {"ListenOnBigPort", "capture:\n  listen: [':80', ':65536']\n", "2:19: is not HOST:PORT"},
    {"TwoInOneText", "capture:\n  listen: 'a:1,b:2'\n", "2:11: as a list"},
    {"TargetWithoutScheme", "replay:\n  target: shop.example\n", "2:11: http://HOST[:PORT]"},
    {"TargetWithPath", "replay:\n  target: http://shop.example/cart\n",
     "2:11: a path has no place"},
    {"TargetWithPassword", "replay:\n  target: http://a:b@shop\n", "2:11: passwords are not sent"},
    {"AllowWithScheme", "replay:\n  allow_target: [10.0.0.0/8, 'http://x']\n",
     "2:30: without scheme"},
    {"AllowWithLongPrefix", "replay:\n  allow_target: 10.0.0.0/33\n", "2:17: prefix length"},
    {"MethodWithSpace", "replay:\n  method: [GET, 'PO ST']\n", "2:17: 'PO ST' is not a name"},
    {"BadExpression", "replay:\n  path: 're:(['\n", "2:9: path: 're:([' is no RE2 expression"},
    {"HeaderWithoutName", "replay:\n  header: ':x'\n", "2:11: header"},
    {"SampleKey", "replay:\n  sample_key: cookie\n", "2:15: write record or header:NAME"},
    {"ForwardedForName", "replay:\n  append_forwarded_for: localhost\n", "2:25: is not an address"},
    {"MarkerIsNoName", "replay:\n  marker: 'x y'\n", "2:11: marker"},
    {"SetHost", "replay:\n  set_header: 'Host: other'\n", "2:15: set_header"},
    {"HeaderWithoutColon", "replay:\n  add_header:\n    - x-env\n", "3:7: add_header"},
    {"HeaderMapWithList", "replay:\n  set_header: {x-env: [a, b]}\n",
     "2:23: a list where one value"},
    {"HeaderMapWithNull", "replay:\n  set_header:\n    x-env:\n", "3:5: set_header: has no value"},
    {"RewriteWithoutArrow", "replay:\n  rewrite_path: /a /b\n", "2:17: rewrite_path"},
    {"LineEndInPath", "capture:\n  out: \"a\\nb\"\n", "2:8: out: holds a control character"},
    {"NulInPath", "capture:\n  out: \"a\\0b\"\n", "2:8: out: holds a control character"},
    {"ThresholdBadGrace",
     "thresholds:\n  - check: errors == 0\n    abort_on_fail: true\n    grace: soon\n",
     "4:12: 'soon' is not a duration"},

    {"AuthorityIsUrl", "replay:\n  authority: http://a\n",
     "2:14: write target, recorded, stripped"},
    {"TemplateWithoutSlash", "endpoints: [/a, 'cart']\n", "1:17: endpoints: "},
    {"TemplateUnclosed", "endpoints:\n  - /cart/{id\n", "2:5: endpoints: "},
    {"CheckOfNothing", "thresholds: fast\n", "1:13: check: "},
    {"CheckOfUnknownMetric", "thresholds:\n  - latncy.p99 < 5ms\n", "2:5: latency"},
    {"CheckWithoutUnit", "thresholds:\n  - check: latency.p99 < 250\n", "2:12: check: "},
    {"CheckWithWrongOperator", "thresholds: ['errors =< 1%']\n", "1:14: check: "},
    {"CheckOfWrongStatus", "thresholds: [status.6xx == 0]\n", "1:14: check: "},
    {"CheckTwice", "thresholds:\n  - check: errors == 0 for /a\n    endpoint: /b\n",
     "2:12: all of it in 'check' or nothing"},
    {"ShedOfAnEndpoint", "thresholds:\n  - check: shed == 0\n    endpoint: /b\n",
     "2:5: all endpoints together"},
    {"EndpointThatReadsAsAbort", "thresholds:\n  - check: errors == 0\n    endpoint: /x,abort\n",
     "3:15: endpoint: in the line 'errors == 0 for /x,abort' its comma ends it"},
    {"BadEndpoint", "thresholds:\n  - check: errors == 0\n    endpoint: cart\n",
     "3:15: endpoint: "},

    // Variables; SECRET is 'hunter2'.
    {"UnsetVariable", "replay:\n  target: http://${NO_SUCH}\n", "2:11: NO_SUCH is not set"},
    {"TwoUnset", "replay:\n  target: http://${NO_A}:${NO_B}\n",
     "2:11: NO_A is not set\n2:11: NO_B is not set"},
    {"OpenVariable", "capture:\n  out: a${SECRET\n", "2:8: '${' begins a variable"},
    {"VariableInDefault", "capture:\n  out: a${NO_A:-${NO_B}}\n",
     "2:8: with a plain text as DEFAULT"},
    {"VariableWithoutName", "capture:\n  out: 'a${}'\n", "2:8: '${' begins a variable"},
    {"VariableIsWrong", "replay:\n  speed: ${SECRET}\n",
     "2:10: what ${SECRET} gives is not a number"},
    {"VariableOutOfRange", "replay:\n  max_rate: ${ZERO}\n",
     "2:13: what ${ZERO} gives is not a whole number, at least 1"},
    {"VariableIsNoBoolean", "fold_paths: ${SECRET}\n", "1:13: what ${SECRET} gives is neither"},
    {"VariableIsEmpty", "replay:\n  target: ${EMPTY}\n", "2:11: is empty, because ${EMPTY} is"},
    {"VariableInUrl", "replay:\n  target: http://x:${SECRET}@y\n", "2:11: what ${SECRET} gives"},

    // Files.
    {"Nothing", "", "1:1: holds no scenario"},
    {"OnlyComments", "# replay:\n# speed: 2\n", "1:1: holds no scenario"},
    {"TwoDocuments", "replay: {}\n---\nreplay: {}\n", "3:1: a second document"},
    {"IncludeOfNothing", "include: /no/such/base.yaml\n", "1:10: include: cannot open /no/such"},
    {"IncludeOfDirectory", "include: /\n", "1:10: not a regular file"},
    {"IncludeOfItself", "include: broken.yaml\n", "1:10: includes itself"},
    {"IncludeList", "include: [a, b]\n", "1:10: include: a list where one value"},

    // Everything is said at once, in its order.
    {"AllAtOnce",
     "capture:\n  listen: here\n  for: 100h\n  redact: no\nreplay:\n  sped: 2\n  percent: x\n"
     "thresholds:\n  - endpoint: /\n",
     "2:11: HOST:PORT\n3:8: 72h\n4:11: none of\n6:3: 'speed'\n7:12: percentage\n9:5: 'check'"},
};

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Environment FixedEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    if (name == "SECRET") return "hunter2";
    if (name == "ZERO") return "0";
    if (name == "EMPTY") return "";
    return std::nullopt;
  };
}

class BrokenScenariosTest : public ::testing::TestWithParam<Row> {};

TEST_P(BrokenScenariosTest, IsReportedAtItsPlace) {
  PosixFileSystem files;
  Problems problems;
  ParseScenario(files, GetParam().text, "broken.yaml", FixedEnvironment(), &problems);
  std::vector<std::string> found;
  for (const Problem& problem : problems.Sorted()) found.push_back(problem.Line());
  const std::vector<std::string> expected = Lines(GetParam().expected);
  std::string all;
  for (const std::string& line : found) all += line + '\n';
  EXPECT_EQ(all.find("hunter2"), std::string::npos) << all;
  ASSERT_EQ(found.size(), expected.size()) << all;
  for (size_t i = 0; i < expected.size(); ++i) {
    const size_t words = expected[i].find(": ");
    const std::string place = "broken.yaml:" + expected[i].substr(0, words + 2);
    EXPECT_EQ(found[i].substr(0, place.size()), place) << all;
    EXPECT_NE(found[i].find(expected[i].substr(words + 2), place.size()), std::string::npos)
        << "wanted: " << expected[i] << "\n"
        << all;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenScenariosTest, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace shadowreel
