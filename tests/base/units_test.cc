#include "base/units.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/status.h"

namespace shadowreel {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;

TEST(UnitsTest, DurationsTakeEveryUnit) {
  EXPECT_EQ(*ParseDuration("7ns"), Nanos(7));
  EXPECT_EQ(*ParseDuration("100us"), microseconds(100));
  EXPECT_EQ(*ParseDuration("250ms"), milliseconds(250));
  EXPECT_EQ(*ParseDuration("1.5s"), milliseconds(1500));
  EXPECT_EQ(*ParseDuration("5m"), minutes(5));
  EXPECT_EQ(*ParseDuration("2h"), hours(2));
}

TEST(UnitsTest, OnlyAZeroDurationNeedsNoUnit) {
  EXPECT_EQ(*ParseDuration("0"), Nanos(0));
  EXPECT_EQ(*ParseDuration("0s"), Nanos(0));
  EXPECT_FALSE(ParseDuration("10").ok());
}

TEST(UnitsTest, WhatIsNoDurationIsRefused) {
  for (const char* text : {"",     " ",   "s",    "ms",  "-1s",   "-1",    "nan",
                           "nans", "inf", "infs", "1e3", "1e3s",  "1 s",   " 1s",
                           "1s ",  "+1s", "1S",   "1d",  "1m30s", "0x10s", "9999999999999h",
                           "1,5s"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
  EXPECT_FALSE(ParseDuration(std::string(400, '9') + "s").ok());
}

TEST(UnitsTest, ADurationsLimitIsTheClocksRange) {
  EXPECT_EQ(*ParseDuration("2000000h"), hours(2000000));
  EXPECT_FALSE(ParseDuration("3000000h").ok());
}

TEST(UnitsTest, SizesTakeEveryUnit) {
  EXPECT_EQ(*ParseBytes("0"), 0u);
  EXPECT_EQ(*ParseBytes("65536"), 65536u);
  EXPECT_EQ(*ParseBytes("64KiB"), 65536u);
  EXPECT_EQ(*ParseBytes("1MiB"), 1048576u);
  EXPECT_EQ(*ParseBytes("1.5GiB"), 1610612736u);
  EXPECT_EQ(*ParseBytes("2TiB"), 2199023255552u);
}

TEST(UnitsTest, WhatIsNoSizeIsRefused) {
  for (const char* text :
       {"", "KiB", "-1", "-1KiB", "nan", "nanKiB", "inf", "infGiB", "1e3", "1e3KiB", "1 KiB", "1kb",
        "1KB", "1K", "1kib", "0x10", "+1", "9000000TiB", "99999999999999999999"}) {
    EXPECT_FALSE(ParseBytes(text).ok()) << text;
  }
}

TEST(UnitsTest, NumbersAreFinite) {
  EXPECT_EQ(*ParseNumber("0"), 0);
  EXPECT_EQ(*ParseNumber("1.25"), 1.25);
  EXPECT_EQ(*ParseNumber("-3"), -3);
  for (const char* text : {"", "-", ".", "nan", "-nan", "nan(1)", "inf", "-inf", "infinity", "1e3",
                           "1x", "1 ", " 1", "1,5", "0x10"}) {
    EXPECT_FALSE(ParseNumber(text).ok()) << text;
  }
  EXPECT_FALSE(ParseNumber(std::string(400, '9')).ok());
}

TEST(UnitsTest, PercentagesAreFromZeroToAHundred) {
  EXPECT_EQ(*ParsePercent("0"), 0);
  EXPECT_EQ(*ParsePercent("12.5"), 12.5);
  EXPECT_EQ(*ParsePercent("12.5%"), 12.5);
  EXPECT_EQ(*ParsePercent("100%"), 100);
  for (const char* text :
       {"", "%", "-1", "-0.1%", "100.1", "101%", "nan", "nan%", "inf", "1e1", "5%%", "5 %"}) {
    EXPECT_FALSE(ParsePercent(text).ok()) << text;
  }
}

TEST(UnitsTest, ErrorsSayWhatWasReadAndWhatIsExpected) {
  EXPECT_EQ(Message(ParseDuration("5 apples").status()),
            "'5 apples' is not a duration; write for example 250ms, 10s, 5m or 2h");
  EXPECT_EQ(Message(ParseBytes("1KB").status()),
            "'1KB' is not a size; write for example 65536, 64KiB or 1GiB");
  EXPECT_EQ(Message(ParseNumber("nan").status()), "'nan' is not a number");
  EXPECT_EQ(Message(ParsePercent("101%").status()), "'101%' is not a percentage from 0 to 100");
  EXPECT_EQ(ParseDuration("x").status().code(), UsageError("x").code());
}

TEST(UnitsTest, DurationsAreShownInTheirNaturalUnit) {
  EXPECT_EQ(FormatDuration(Nanos(0)), "0 ns");
  EXPECT_EQ(FormatDuration(Nanos(999)), "999 ns");
  EXPECT_EQ(FormatDuration(Nanos(45'600)), "45.6 us");
  EXPECT_EQ(FormatDuration(Nanos(1'230'000)), "1.23 ms");
  EXPECT_EQ(FormatDuration(Nanos(-1'230'000)), "-1.23 ms");
  EXPECT_EQ(FormatDuration(Nanos(2'000'000'000)), "2.00 s");
  EXPECT_EQ(FormatDuration(minutes(5)), "5.0 min");
  EXPECT_EQ(FormatDuration(hours(3)), "3.00 h");
}

TEST(UnitsTest, ADurationThatRoundsUpIsShownInTheNextUnit) {
  EXPECT_EQ(FormatDuration(Nanos(999'900)), "999.9 us");
  EXPECT_EQ(FormatDuration(Nanos(999'999)), "1.00 ms");
  EXPECT_EQ(FormatDuration(Nanos(999'990'000)), "999.99 ms");
  EXPECT_EQ(FormatDuration(Nanos(999'999'999)), "1.00 s");
}

TEST(UnitsTest, SizesAreShownInTheirNaturalUnit) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(12), "12 B");
  EXPECT_EQ(FormatBytes(1023), "1023 B");
  EXPECT_EQ(FormatBytes(1024), "1.0 KiB");
  EXPECT_EQ(FormatBytes(3482), "3.4 KiB");
  EXPECT_EQ(FormatBytes(uint64_t{5} << 20), "5.0 MiB");
  EXPECT_EQ(FormatBytes(1288490189), "1.2 GiB");
  EXPECT_EQ(FormatBytes(uint64_t{2048} << 40), "2048.0 TiB");
}

TEST(UnitsTest, ASizeThatRoundsUpIsShownInTheNextUnit) {
  EXPECT_EQ(FormatBytes((1u << 20) - 1), "1.0 MiB");
  EXPECT_EQ(FormatBytes((uint64_t{1} << 40) - 1), "1.0 TiB");
}

WallTime At(int64_t unix_milliseconds) { return WallTime(milliseconds(unix_milliseconds)); }

TEST(UnitsTest, TimesAreUtcToTheMillisecond) {
  EXPECT_EQ(FormatTime(At(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTime(At(1795462920123)), "2026-11-23T19:42:00.123Z");
  EXPECT_EQ(FormatTime(At(951782399999)), "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(FormatTime(At(-1)), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace shadowreel
