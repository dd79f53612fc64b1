#include "formats/reel/time_bound.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

const WallTime kStart(std::chrono::seconds(1000));

int64_t In(std::string_view text) {
  const auto bound = ParseTimeBound(text);
  EXPECT_TRUE(bound.ok()) << bound.status();
  return bound->In(kStart).time_since_epoch().count();
}

TEST(TimeBoundTest, TimesAreUtc) {
  EXPECT_EQ(In("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(In("2023-11-14T22:13:20Z"), 1'700'000'000'000'000'000);
  EXPECT_EQ(In("2023-11-14t22:13:20.25z"), 1'700'000'000'250'000'000);
  EXPECT_EQ(In("2023-11-14T22:13:20.000000001Z"), 1'700'000'000'000'000'001);
  EXPECT_EQ(In("2023-11-14T22:13:20.0000000019Z"), 1'700'000'000'000'000'001);
  EXPECT_EQ(In("2024-02-29T00:00:00Z"), 1'709'164'800'000'000'000);
}

TEST(TimeBoundTest, DurationsCountFromTheStart) {
  EXPECT_EQ(In("10m"), 1'600'000'000'000);
  EXPECT_EQ(In("0"), 1'000'000'000'000);
  EXPECT_EQ(In("2400000h"), 8'640'001'000'000'000'000);
  EXPECT_EQ(ParseTimeBound("2400000h")->In(WallTime(Nanos(INT64_MAX / 2))), WallTime::max());
}

TEST(TimeBoundTest, AnythingElseIsRefused) {
  for (const char* text :
       {"", "nan", "-1m", "10", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14T22:13:20+01:00",
        "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-11-14T24:00:00Z",
        "2023-11-14T22:60:00Z", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20.x1Z",
        "+023-11-14T22:13:20Z", "2023-1 -14T22:13:20Z", "9999-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z"}) {
    EXPECT_EQ(ParseTimeBound(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace shadowreel
