// Every call of a capture to the file system failed in turn: nothing acknowledged is lost, and the
// next start puts things right.

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "tests/recorder/capture/scripted_capture.h"

namespace shadowreel {
namespace {

constexpr uint64_t kRecords = 60;
constexpr uint64_t kAfter = 1'000'000;  // ordinal of the record after the start

RollerOptions Options() {
  RollerOptions options = ScriptedOptions();
  options.segment_bytes = 6000;
  options.save_interval = std::chrono::milliseconds(200);
  return options;
}

bool AnyFailed(const FaultyFileSystem& files) {
  const std::vector<std::string> operations = files.operations();
  return std::any_of(operations.begin(), operations.end(),
                     [](const std::string& operation) { return operation.ends_with(" failed"); });
}

// All ordinals in the directory's sealed segments; there must be no others.
std::vector<uint64_t> ReadAll(FaultyFileSystem& files) {
  std::vector<uint64_t> ordinals;
  std::set<uint64_t> numbers;
  const std::vector<std::string> names = files.List("out").value();
  for (const std::string& name : names) {
    EXPECT_FALSE(name.ends_with(kOpenSuffix)) << name;
    if (!name.ends_with(kSealedSuffix)) continue;
    for (const auto& [ordinal, number] : ReadSegment(files, "out/" + name)) {
      ordinals.push_back(ordinal);
      EXPECT_TRUE(numbers.insert(number).second) << number << " twice";
    }
  }
  std::sort(ordinals.begin(), ordinals.end());
  return ordinals;
}

// The first `durable` and the one after the start are there, at most `offered` others, none twice.
void ExpectSound(FaultyFileSystem& files, uint64_t durable, uint64_t offered, uint64_t after) {
  const std::vector<uint64_t> ordinals = ReadAll(files);
  EXPECT_EQ(std::adjacent_find(ordinals.begin(), ordinals.end()), ordinals.end());
  const std::set<uint64_t> found(ordinals.begin(), ordinals.end());
  for (uint64_t ordinal = 1; ordinal <= durable; ++ordinal) {
    EXPECT_EQ(found.count(ordinal), 1u) << ordinal;
  }
  EXPECT_EQ(found.count(after), 1u);
  EXPECT_TRUE(found.upper_bound(offered) == found.end() || *found.upper_bound(offered) >= kAfter);
}

class EveryCallTest : public ::testing::TestWithParam<std::tuple<int, bool, size_t>> {
 protected:
  Fault Nth(uint64_t nth) const {
    Fault fault;
    fault.nth = nth;
    std::tie(fault.error, fault.for_good, fault.partial) = GetParam();
    return fault;
  }
};

TEST_P(EveryCallTest, OfACaptureMayFail) {
  uint64_t nth = 0;
  for (bool failed = true; failed && !HasFailure();) {
    SCOPED_TRACE(++nth);
    ScriptedCapture capture(Options());
    capture.files.Inject(Nth(nth));
    capture.roller->SaveState().IgnoreError();
    capture.Run(kRecords);
    capture.roller->Finish().IgnoreError();
    failed = AnyFailed(capture.files);
    const LedgerCounts counts = capture.ledger.Snapshot();
    EXPECT_EQ(counts.received, capture.offered());
    EXPECT_EQ(counts.on_the_way(), 0);
    // Without its first capture.json a capture does not begin.
    if (capture.files.Kind("out/capture.json") == FileKind::kMissing) continue;
    capture.files.ClearFaults();
    capture.files.Crash();
    ASSERT_EQ(StartAndEnd(capture.files, kAfter), absl::OkStatus());
    ExpectSound(capture.files, counts.written, capture.offered(), kAfter);
  }
  std::printf("%lu calls failed\n", nth - 1);
  EXPECT_GT(nth, 100u);
}

TEST_P(EveryCallTest, OfTheStartAfterACrashMayFail) {
  ScriptedCapture crashed(Options());
  ASSERT_TRUE(crashed.roller->SaveState().ok());
  crashed.Run(kRecords);
  crashed.files.Crash();
  const std::vector<std::string> left = crashed.files.List("out").value();
  uint64_t nth = 0;
  for (bool failed = true; failed && !HasFailure();) {
    SCOPED_TRACE(++nth);
    FaultyFileSystem files({"out"});
    for (const std::string& name : left) {
      files.SetContents("out/" + name, crashed.files.Contents("out/" + name));
    }
    files.Inject(Nth(nth));
    const absl::Status first = StartAndEnd(files, kAfter);
    failed = AnyFailed(files);
    EXPECT_TRUE(failed || first.ok()) << first;
    files.ClearFaults();
    files.Crash();
    ASSERT_EQ(StartAndEnd(files, kAfter + 1), absl::OkStatus());
    ExpectSound(files, crashed.durable(), crashed.offered(), kAfter + 1);
  }
  std::printf("%lu calls failed\n", nth - 1);
  EXPECT_GT(nth, 20u);
}

// EINTR: of an fsync, as network file systems give it. Partial: how much of an append was written.
INSTANTIATE_TEST_SUITE_P(Errors, EveryCallTest,
                         ::testing::Combine(::testing::Values(EIO, ENOSPC, EINTR),
                                            ::testing::Bool(),
                                            ::testing::Values(size_t{0}, size_t{1}, size_t{80})));

}  // namespace
}  // namespace shadowreel
