#include "formats/exchange/calendar_time.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

int64_t NanosOf(const std::optional<CalendarTime>& time) {
  return time ? time->time.time_since_epoch().count() : -1;
}

TEST(CalendarTimeTest, IsoTimesHaveFractionsAndZones) {
  constexpr int64_t kBase = 1'700'000'000'000'000'000;  // 2023-11-14T22:13:20Z
  EXPECT_EQ(NanosOf(ParseIsoTime("2023-11-14T22:13:20Z")), kBase);
  EXPECT_EQ(NanosOf(ParseIsoTime("2023-11-14T22:13:20.5Z")), kBase + 500'000'000);
  EXPECT_EQ(NanosOf(ParseIsoTime("2023-11-14T22:13:20.1234567891234Z")), kBase + 123'456'789);
  EXPECT_EQ(NanosOf(ParseIsoTime("2023-11-15T03:43:20.000+05:30")), kBase);
  EXPECT_EQ(NanosOf(ParseIsoTime("2023-11-14T14:13:20-0800")), kBase);
  EXPECT_EQ(NanosOf(ParseIsoTime("20231114T221320Z")), kBase);
  EXPECT_EQ(NanosOf(ParseIsoTime("2023-11-14 22:13:20")), kBase);
  EXPECT_TRUE(ParseIsoTime("2023-11-14T22:13:20Z")->whole_second);
  EXPECT_FALSE(ParseIsoTime("2023-11-14T22:13:20.0Z")->whole_second);
}

TEST(CalendarTimeTest, WhatIsNoTimeIsRefused) {
  for (const char* const text :
       {"", "x", "2023-11-14", "2023-11-14T22:13", "2023-13-14T22:13:20Z", "2023-02-29T00:00:00Z",
        "2023-11-14T24:00:00Z", "2023-11-14T22:60:20Z", "2023-11-14T22:13:61Z",
        "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+01:00", "2262-01-01T00:00:00Z", "2023-11-14T22:13:20.Z",
        "2023-11-14T22:13:20Zx", "2023-11-14T22:13:20+25:00", "-023-11-14T22:13:20Z"}) {
    EXPECT_FALSE(ParseIsoTime(text)) << text;
  }
}

TEST(CalendarTimeTest, LogTimesAreNginxsAndApaches) {
  EXPECT_EQ(NanosOf(ParseLogTime("10/Oct/2000:13:55:36 -0700")), 971211336LL * 1'000'000'000);
  EXPECT_TRUE(ParseLogTime("10/Oct/2000:13:55:36 -0700")->whole_second);
  EXPECT_EQ(NanosOf(ParseLogTime("10/Oct/2000:13:55:36.25 +0000")),
            971186136LL * 1'000'000'000 + 250'000'000);
  for (const char* const text : {"", "10/Okt/2000:13:55:36 -0700", "10/Oct/2000:13:55:36",
                                 "31/Feb/2000:13:55:36 -0700", "10/Oct/2000 13:55:36 -0700"}) {
    EXPECT_FALSE(ParseLogTime(text)) << text;
  }
}

TEST(CalendarTimeTest, WrittenTimesReadBackExactly) {
  for (const int64_t nanos :
       {int64_t{0}, int64_t{1}, int64_t{1'700'000'000'123'456'789},
        int64_t{951'782'399'999'999'999}, int64_t{9'000'000'000'000'000'000}}) {
    const std::string text = FormatIsoTime(WallTime(Nanos(nanos)));
    EXPECT_EQ(NanosOf(ParseIsoTime(text)), nanos) << text;
  }
  EXPECT_EQ(FormatIsoTime(WallTime(Nanos(1'700'000'000'000'000'001))),
            "2023-11-14T22:13:20.000000001Z");
}

}  // namespace
}  // namespace shadowreel
