#include "scenarios/terms/threshold.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Threshold Parsed(std::string_view text) {
  absl::StatusOr<Threshold> parsed = ParseThreshold(text);
  EXPECT_TRUE(parsed.ok()) << text << ": " << Message(parsed.status());
  return parsed.value_or(Threshold());
}

std::string ErrorOf(std::string_view text) {
  const absl::StatusOr<Threshold> parsed = ParseThreshold(text);
  if (parsed.ok()) return "was taken as " + parsed->text;
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(parsed.status()).find('\n'), std::string::npos);
  return Message(parsed.status());
}

TEST(ThresholdTest, HasOneSpelling) {
  const struct {
    const char* written;
    const char* text;
  } kRows[] = {
      {"latency.p99 < 250ms", "latency.p99 < 250ms"},
      {"latency.p99<0.25s", "latency.p99 < 250ms"},
      {"  latency.p99\t<  250 ms ", "latency.p99 < 250ms"},
      {"latency.p99.90 <= 1s", "latency.p99.9 <= 1s"},
      {"latency.p0.5 > 0", "latency.p0.5 > 0"},
      {"latency.p100 < 90s", "latency.p100 < 90s"},
      {"latency.mean < 120s", "latency.mean < 2m"},
      {"service_time.min >= 7ns", "service_time.min >= 7ns"},
      {"send_lag.max != 1.5us", "send_lag.max != 1500ns"},
      {"errors < 0.10%", "errors < 0.1%"},
      {"errors < 0.1 %", "errors < 0.1%"},
      {"failed == 0", "failed == 0"},
      {"failed == -0", "failed == 0"},
      {"timed_out <= 100%", "timed_out <= 100%"},
      {"shed < 3", "shed < 3"},
      {"status.5xx == 0", "status.5xx == 0"},
      {"status.5XX == 0", "status.5xx == 0"},
      {"status.200 >= 99.9%", "status.200 >= 99.9%"},
      {"achieved_rate > 500", "achieved_rate > 500"},
      {"achieved_rate > 99.5/s", "achieved_rate > 99.5"},
      {"latency.p99 < 1s  for  GET /cart/{id}", "latency.p99 < 1s for GET /cart/{id}"},
      {"latency.p99 < 1s for /a,b", "latency.p99 < 1s for /a,b"},
      {"latency.p99 < 1s for /a<b", "latency.p99 < 1s for /a<b"},
      {"errors < 1%,abort", "errors < 1%, abort"},
      {"errors < 1%, abort after 0", "errors < 1%, abort"},
      {"errors < 1% for /a,b ,  abort   after  1.5s", "errors < 1% for /a,b, abort after 1500ms"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Parsed(row.written).text, row.text);
    EXPECT_EQ(Parsed(row.text).text, row.text);
  }
}

TEST(ThresholdTest, OfATimeHasAStatisticAndNanoseconds) {
  const Threshold threshold = Parsed("service_time.p99.9 <= 1.5s");
  EXPECT_EQ(threshold.metric, Metric::kServiceTime);
  EXPECT_EQ(threshold.statistic, Threshold::Statistic::kQuantile);
  EXPECT_DOUBLE_EQ(threshold.quantile, 0.999);
  EXPECT_EQ(threshold.comparison, Comparison::kLessOrEqual);
  EXPECT_EQ(threshold.unit, BoundUnit::kNanos);
  EXPECT_EQ(threshold.bound, 1.5e9);
  EXPECT_EQ(threshold.endpoint, "");
  EXPECT_FALSE(threshold.abort_on_fail);
  EXPECT_EQ(Parsed("latency.min > 0").statistic, Threshold::Statistic::kMin);
  EXPECT_EQ(Parsed("latency.max > 0").statistic, Threshold::Statistic::kMax);
  EXPECT_EQ(Parsed("latency.mean > 0").statistic, Threshold::Statistic::kMean);
  EXPECT_EQ(Parsed("latency.p100 > 0").quantile, 1);
}

TEST(ThresholdTest, OfACountIsAShareOrANumber) {
  const Threshold share = Parsed("errors < 0.1%");
  EXPECT_EQ(share.metric, Metric::kErrors);
  EXPECT_EQ(share.unit, BoundUnit::kShare);
  EXPECT_DOUBLE_EQ(share.bound, 0.001);
  const Threshold count = Parsed("shed == 12");
  EXPECT_EQ(count.metric, Metric::kShed);
  EXPECT_EQ(count.unit, BoundUnit::kCount);
  EXPECT_EQ(count.bound, 12);
  EXPECT_EQ(Parsed("status.503 == 0").status, 503);
  EXPECT_EQ(Parsed("status.5xx == 0").status, 5);
  EXPECT_EQ(Parsed("failed == 0").metric, Metric::kFailed);
  EXPECT_EQ(Parsed("timed_out == 0").metric, Metric::kTimedOut);
  const Threshold rate = Parsed("achieved_rate >= 99.5");
  EXPECT_EQ(rate.metric, Metric::kAchievedRate);
  EXPECT_EQ(rate.unit, BoundUnit::kRate);
  EXPECT_EQ(rate.bound, 99.5);
}

TEST(ThresholdTest, MayBeOfAnEndpointAndEndTheRun) {
  const Threshold threshold = Parsed("latency.p50 < 1s for GET /cart/{id}, abort after 2m");
  EXPECT_EQ(threshold.endpoint, "GET /cart/{id}");
  EXPECT_TRUE(threshold.abort_on_fail);
  EXPECT_EQ(threshold.grace, seconds(120));
  EXPECT_EQ(Parsed("errors < 1%, abort").grace, milliseconds(0));
}

constexpr std::string_view kAllMetrics =
    "latency.p99, service_time.p99, send_lag.p99, errors, failed, timed_out, shed, status.5xx or "
    "achieved_rate";

TEST(ThresholdTest, SaysWhichNameIsUnknown) {
  EXPECT_EQ(ErrorOf("latncy.p99 < 1s"), "'latncy' is not a metric; did you mean latency?");
  EXPECT_EQ(ErrorOf("error < 1%"), "'error' is not a metric; did you mean errors?");
  EXPECT_EQ(ErrorOf("http_req_duration.p99 < 1s"),
            "'http_req_duration' is not a metric; did you mean latency?");
  EXPECT_EQ(ErrorOf("bananas < 1"), "'bananas' is not a metric; write " + std::string(kAllMetrics));
  EXPECT_EQ(ErrorOf("< 1"), "'' is not a metric; write " + std::string(kAllMetrics));
}

TEST(ThresholdTest, SaysWhatIsWrong) {
  const struct {
    const char* written;
    const char* message;
  } kRows[] = {
      {"", "'' is not a check; write for example latency.p99 < 250ms or errors < 0.1%"},
      {"latency.p99",
       "'latency.p99' is not a check; write for example latency.p99 < 250ms or errors < 0.1%"},
      {"latency < 1s",
       "latency needs a percentile, min, max or mean behind a dot; did you mean latency.p99?"},
      {"latency.avg < 1s",
       "latency needs a percentile, min, max or mean behind a dot; did you mean latency.mean?"},
      {"latency.p(99) < 1s",
       "latency needs a percentile, min, max or mean behind a dot; did you mean latency.p99?"},
      {"latency.p0 < 1s", "p0: a percentile is above p0, and p100 at most"},
      {"latency.p-1 < 1s", "p-1: a percentile is above p0, and p100 at most"},
      {"latency.p100.1 < 1s", "p100.1: a percentile is above p0, and p100 at most"},
      {"latency.p999 < 1s", "p999 is above p100; did you mean p99.9?"},
      {"latency.p9999 < 1s", "p9999 is above p100; did you mean p99.99?"},
      {"latency.pnan < 1s", "'pnan' is not a percentile; write for example p99 or p99.9"},
      {"latency.p9x < 1s", "'p9x' is not a percentile; write for example p99 or p99.9"},
      {"latency.p99 = 1s", "'=' compares nothing; write =="},
      {"latency.p99 =< 1s", "'=<' is not an operator; write <, <=, >, >=, == or !="},
      {"latency.p99 <> 1s", "'<>' is not an operator; write <, <=, >, >=, == or !="},
      {"latency.p99 <", "latency.p99 is compared with nothing; a value is missing"},
      {"latency.p99 < 250", "latency.p99 is a time, and '250' is none; write for example 250ms"},
      {"latency.p99 < 1%", "latency.p99 is a time, and '1%' is none; write for example 250ms"},
      {"latency.p99 < -1s", "latency.p99 is a time, and '-1s' is none; write for example 250ms"},
      {"latency.p99 < nan", "latency.p99 is a time, and 'nan' is none; write for example 250ms"},
      {"errors < 250ms",
       "errors counts requests, and '250ms' is no count; write for example 0.1% or 3"},
      {"errors < nan",
       "errors counts requests, and 'nan' is no count; write for example 0.1% or 3"},
      {"errors < inf%",
       "errors counts requests, and 'inf%' is no count; write for example 0.1% or 3"},
      {"errors < 101%", "'101%': a share is 0% to 100%"},
      {"errors < -1%", "'-1%': a share is 0% to 100%"},
      {"errors < -1", "'-1': a count is at least 0, and whole"},
      {"errors < 0.01", "'0.01': a count is whole; write a share with '%', like 1%"},
      {"errors.p99 < 1", "errors has nothing behind a dot; write for example errors < 0.1%"},
      {"achieved_rate. > 1",
       "achieved_rate has nothing behind a dot; write for example achieved_rate > 100"},
      {"achieved_rate > 99%",
       "achieved_rate is requests a second, and '99%' is none; write for example 500"},
      {"achieved_rate > nan",
       "achieved_rate is requests a second, and 'nan' is none; write for example 500"},
      {"achieved_rate > -5",
       "achieved_rate is requests a second, and '-5' is none; write for example 500"},
      {"status == 0", "'status.' is not a status; write for example status.503 or status.5xx"},
      {"status.6xx == 0",
       "'status.6xx' is not a status; write for example status.503 or status.5xx"},
      {"status.50x == 0",
       "'status.50x' is not a status; write for example status.503 or status.5xx"},
      {"status.099 == 0",
       "'status.099' is not a status; write for example status.503 or status.5xx"},
      {"shed < 1% for /cart", "shed is counted of all endpoints together; leave out 'for /cart'"},
      {"errors < 1% for cart",
       "'cart' is not a path template; write for example /product/{name} or GET /cart/{id}"},
      {"errors < 1%, abrt",
       "'errors < 1%, abrt': behind the comma is 'abrt'; write abort, or abort after 30s"},
      {"errors < 1%, abort 5s", "'abort 5s': write abort, or abort after 30s"},
      {"errors < 1%, abort after", "'abort after': write abort, or abort after 30s"},
      {"errors < 1%, abort after 5", "'abort after 5': write abort, or abort after 30s"},
  };
  for (const auto& row : kRows) EXPECT_EQ(ErrorOf(row.written), row.message) << row.written;
}

}  // namespace
}  // namespace shadowreel
