#include "replayer/report/plan_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace shadowreel {
namespace {

using Json = nlohmann::json;

PlannedRequest Chunked() {
  PlannedRequest planned;
  planned.index = 7;
  planned.intended = Nanos(61'000'000'005);
  planned.endpoint = "POST /\\xff";
  planned.request.method = "POST";
  planned.request.target = "/\xff";
  planned.request.headers.Add("Host", "v2.test");
  planned.request.headers.Add("X-Key", "sesame");
  planned.request.headers.Add("x-bell", "\x1b[31m\a");
  planned.request.body = "four";
  planned.request.trailers.Add("x-key", "shown");
  return planned;
}

TEST(PlanReportTest, ARequestIsShownAsItWouldBeSentAndCannotActOnATerminal) {
  EXPECT_EQ(PlannedRequestText(Chunked(), {"x-key"}),
            "#7 at 61.000000005 s, endpoint POST /\\\\xff\n"
            "  POST /\\xff HTTP/1.1\n"
            "  Host: v2.test\n"
            "  X-Key: ...\n"
            "  x-bell: \\x1b[31m\\x07\n"
            "  (body of 4 bytes)\n"
            "  (trailers)\n"
            "  x-key: shown\n\n");
}

TEST(PlanReportTest, ARequestInJsonKeepsItsBytesAndHidesWhatIsToBeHidden) {
  const std::string line = PlannedRequestJson(Chunked(), {"x-key"});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const Json json = Json::parse(line);
  EXPECT_EQ(json["target"], (Json{{"base64", "L/8="}}));
  EXPECT_EQ(json["headers"][1], (Json{"X-Key", nullptr}));
  EXPECT_EQ(json["headers"][2], (Json{"x-bell", "\x1b[31m\a"}));
  EXPECT_EQ(json["trailers"], (Json::array({{"x-key", "shown"}})));
  EXPECT_EQ(json["body_bytes"], 4);
}

TEST(PlanReportTest, APlanThatWasCutShortOrIsEmptySaysSoFirst) {
  PlanFacts facts;
  facts.reasons = {{.generator_limited = false, .text = "nothing was planned: why"}};
  EXPECT_EQ(PlanText(facts).find("INVALID PLAN: nothing was planned: why\n"), 0u);
  EXPECT_FALSE(Json::parse(PlanJson(facts))["valid"]);
  facts.stopped_by = "a.seg: torn";
  EXPECT_EQ(PlanText(facts).find("INCOMPLETE PLAN: a.seg: torn\n"), 0u);
}

}  // namespace
}  // namespace shadowreel
