#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/status.h"
#include "formats/reel/notices.h"
#include "formats/reel/recording_difference.h"
#include "formats/reel/tolerance.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/reel/recordings.h"

// However little memory diff gets, it finds the same.
namespace shadowreel {
namespace {

using Random = std::mt19937;

// Of few values each, so that contents, ids, targets and arrivals stand several times.
Record RandomRecord(Random& random) {
  Record record = SampleRecord(static_cast<int>(random() % 6));
  record.target = "/" + std::to_string(random() % 4);
  record.body = random() % 2 == 0 ? "hello" : "world";
  record.headers.Clear();
  if (random() % 3 == 0) record.headers.Add("Accept", "*/*");
  record.headers.Add(random() % 3 == 0 ? "Host" : "host", "shop-shadow:8080");
  if (random() % 2 == 0) record.headers.Add("x-request-id", std::to_string(random() % 5));
  if (random() % 3 == 0) {
    record.version = HttpVersion::kHttp2;
    record.framing = Framing::kNone;
  } else if (random() % 3 == 0) {
    record.version = HttpVersion::kHttp10;
  }
  return record;
}

std::vector<Record> RandomRecords(Random& random, size_t count) {
  std::vector<Record> records;
  for (size_t i = 0; i < count; ++i) records.push_back(RandomRecord(random));
  return records;
}

// Some records lost, some twice, some others, in another order.
std::vector<Record> Replayed(Random& random, const std::vector<Record>& original) {
  std::vector<Record> replayed;
  for (const Record& record : original) {
    const uint32_t fate = random() % 8;
    if (fate == 0) continue;
    replayed.push_back(fate == 1 ? RandomRecord(random) : record);
    if (fate == 2) replayed.push_back(record);
  }
  std::shuffle(replayed.begin(), replayed.end(), random);
  return replayed;
}

std::unique_ptr<TraceReader> Open(FileSystem& files, const std::string& name,
                                  const std::vector<Record>& records) {
  const std::string directory = NewDirectory(name);
  std::vector<std::string> paths;
  const size_t half = records.size() / 2;
  paths.push_back(WriteSegment(directory, {records.begin(), records.begin() + half}));
  SegmentContent second;
  second.name = "000002";
  second.sequence = 2;
  second.first_number = half + 1;
  paths.push_back(WriteSegment(directory, {records.begin() + half, records.end()}, second));
  auto trace = TraceReader::Open(files, paths);
  EXPECT_TRUE(trace.ok()) << trace.status();
  return std::move(trace).value();
}

std::string Text(const RecordingDifference& difference) {
  std::string text =
      fmt::format("equal {} tolerated {} changed {} only {} {}\n", difference.equal,
                  difference.tolerated, difference.changed, difference.only_a, difference.only_b);
  for (const uint64_t count : difference.changed_by_kind) text += fmt::format("{} ", count);
  for (const uint64_t count : difference.tolerated_by_form) text += fmt::format("{} ", count);
  for (const RecordingDifference::Example& example : difference.examples) {
    text += fmt::format("\n{} {} {}", example.number_a.value_or(0), example.number_b.value_or(0),
                        example.request);
    for (const Difference& found : example.differences) text += "; " + found.detail;
  }
  return text;
}

std::string Compare(const TraceReader& a, const TraceReader& b, const Tolerances& tolerances,
                    const SortSpace& space) {
  const FakeClock clock;
  Notices notices(stderr, false, clock);
  const auto difference = CompareRecordings(a, b, tolerances, space, notices);
  EXPECT_TRUE(difference.ok()) << difference.status();
  return difference.ok() ? Text(*difference) : "";
}

TEST(FlatDiffTest, LittleMemoryFindsWhatMuchMemoryFinds) {
  const uint32_t seed = std::random_device()();
  Random random(seed);
  for (int round = 0; round < 60; ++round) {
    PosixFileSystem files;
    const std::vector<Record> original = RandomRecords(random, random() % 120);
    const auto a = Open(files, "a", original);
    const auto b = Open(files, "b", Replayed(random, original));
    const Tolerances tolerances{.curl = round % 2 == 1, .across_versions = round % 3 == 1};
    FaultyFileSystem spilled;
    const std::string much = Compare(*a, *b, tolerances, {spilled, "."});
    EXPECT_EQ(spilled.calls(), 0u) << "seed " << seed;
    for (const size_t memory : {size_t{1}, size_t{500}, size_t{2000}}) {
      EXPECT_EQ(Compare(*a, *b, tolerances, {spilled, ".", memory}), much)
          << "seed " << seed << ", round " << round << ", " << memory << " bytes";
    }
    if (original.size() > 1) {
      EXPECT_GT(spilled.calls(), 0u) << "seed " << seed;
    }
    EXPECT_TRUE(spilled.List(".")->empty());
  }
}

TEST(FlatDiffTest, AFullTemporaryDiskIsOneClearError) {
  PosixFileSystem files;
  Random random(1);
  const auto a = Open(files, "a", RandomRecords(random, 300));
  const auto b = Open(files, "b", RandomRecords(random, 300));
  const FakeClock clock;
  Notices notices(stderr, false, clock);
  FaultyFileSystem full;
  full.Inject({.call = FileCall::kAppend, .nth = 7, .error = ENOSPC});
  const auto difference = CompareRecordings(*a, *b, {}, {full, ".", 1000}, notices);
  EXPECT_NE(Message(difference.status()).find("No space left on device; set TMPDIR"),
            std::string::npos)
      << difference.status();
}

}  // namespace
}  // namespace shadowreel
