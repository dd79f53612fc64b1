#include "formats/segment/trace_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_writer.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Nanos kSecond = std::chrono::seconds(1);

Record At(Nanos arrival, Nanos duration = Nanos(0)) {
  Record record;
  record.arrival = WallTime(arrival);
  record.completed = record.arrival + duration;
  record.stripped_authority = "shop.example";
  return record;
}

// Arrival, first byte of the recording's uuid, number.
using Rank = std::tuple<int64_t, uint8_t, uint64_t>;

Rank RankOf(const Record& record) {
  return {record.arrival.time_since_epoch().count(), record.recording[0], record.number};
}

class TraceReaderTest : public ::testing::Test {
 protected:
  // Writes a segment of the recording `recording`, a chunk after each `chunk` records.
  std::string Write(const std::string& name, char recording, const std::vector<Record>& records,
                    size_t chunk = 4096) {
    trace::SegmentHeader header;
    header.set_recording_uuid(std::string(kUuidSize, recording));
    auto writer = SegmentWriter::Create(files_, clock_, "d", name, header);
    EXPECT_TRUE(writer.ok()) << writer.status();
    for (size_t i = 0; i < records.size(); ++i) {
      const absl::StatusOr<uint64_t> number = (*writer)->Append(records[i]);
      EXPECT_TRUE(number.ok());
      expected_.push_back({records[i].arrival.time_since_epoch().count(),
                           static_cast<uint8_t>(recording), *number});
      if ((i + 1) % chunk != 0) continue;
      EXPECT_EQ((*writer)->Flush(), absl::OkStatus());
    }
    EXPECT_EQ((*writer)->Seal({}), absl::OkStatus());
    return (*writer)->path();
  }

  std::unique_ptr<TraceReader> Open(const std::vector<std::string>& paths,
                                    size_t resident_bytes = TraceReader::kResidentBytes) {
    auto trace = TraceReader::Open(files_, paths, resident_bytes);
    EXPECT_TRUE(trace.ok()) << trace.status();
    return std::move(trace).value();
  }

  // Reads to the end and compares the order with that of everything written.
  void ExpectAllInOrder(TraceReader* trace) {
    std::sort(expected_.begin(), expected_.end());
    EXPECT_EQ(trace->records(), expected_.size());
    std::vector<Rank> read;
    Record record;
    for (;;) {
      const absl::StatusOr<bool> more = trace->Next(&record);
      ASSERT_TRUE(more.ok()) << more.status();
      if (!*more) break;
      read.push_back(RankOf(record));
      most_open_ = std::max(most_open_, trace->open_chunks());
      most_resident_ = std::max(most_resident_, trace->resident_chunks());
    }
    EXPECT_EQ(read, expected_);
    EXPECT_EQ(trace->open_chunks(), 0u);
  }

  FaultyFileSystem files_{{"d"}};
  FakeClock clock_;
  std::vector<Rank> expected_;
  size_t most_open_ = 0;
  size_t most_resident_ = 0;
};

TEST_F(TraceReaderTest, RecordsAppendedOutOfOrderComeByArrival) {
  const auto trace = Open({Write("a", 'a', {At(Nanos(30)), At(Nanos(10)), At(Nanos(20))})});
  EXPECT_EQ(trace->first_arrival(), WallTime(Nanos(10)));
  EXPECT_EQ(trace->last_arrival(), WallTime(Nanos(30)));
  EXPECT_THAT(trace->authorities(), ElementsAre("shop.example"));
  ExpectAllInOrder(trace.get());
}

TEST_F(TraceReaderTest, EmptySegmentIsAnEmptyTrace) {
  const auto trace = Open({Write("a", 'a', {})});
  EXPECT_EQ(trace->first_arrival(), WallTime());
  ExpectAllInOrder(trace.get());
  Record record;
  EXPECT_FALSE(trace->Next(&record).value());
}

TEST_F(TraceReaderTest, WholeChunksBeforeATimeArePassedOver) {
  std::vector<Record> records;
  for (int i = 0; i < 100; ++i) records.push_back(At(kSecond * i));
  const auto trace = Open({Write("a", 'a', records, 10)});
  EXPECT_EQ(trace->SkipBefore(WallTime(kSecond * 45)), 40u);
  Record record;
  ASSERT_TRUE(*trace->Next(&record));
  EXPECT_EQ(record.arrival, WallTime(kSecond * 40));
  EXPECT_EQ(trace->SkipBefore(WallTime::max()), 50u);
}

TEST_F(TraceReaderTest, TiesGoByRecordingThenByNumber) {
  const std::vector<Record> same(3, At(Nanos(5)));
  const std::string b = Write("b", 'b', same, 1);
  const std::string a = Write("a", 'a', same, 1);
  const auto trace = Open({b, a});
  ExpectAllInOrder(trace.get());
}

TEST_F(TraceReaderTest, LateRecordsComeWhereTheyArrived) {
  std::vector<Record> records;
  for (int i = 0; i < 100; ++i) {
    records.push_back(At(kSecond * i));
    if (i % 10 == 9) records.push_back(At(kSecond * (i - 9) + Nanos(1), kSecond * 9));
  }
  const auto trace = Open({Write("a", 'a', records, 5)});
  ExpectAllInOrder(trace.get());
}

TEST_F(TraceReaderTest, AnyNumberOfRecordingsMergesExactly) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<std::string> paths;
  for (int segment = 0; segment < 8; ++segment) {
    std::vector<Record> records;
    for (int i = 0; i < 300; ++i) {
      const bool late = random() % 10 == 0;
      records.push_back(At(Nanos(i * 1000 + random() % 5000), late ? 2 * kSecond : Nanos(5)));
    }
    const char recording = static_cast<char>('a' + segment / 2);
    paths.push_back(Write(std::to_string(segment), recording, records, 1 + random() % 50));
  }
  // Two segments of one recording use the same numbers here; equal ranks are equal.
  const auto trace = Open(paths);
  ExpectAllInOrder(trace.get());
}

TEST_F(TraceReaderTest, ChunksAreOpenedWhenTheyAreDueAndFreedWhenDrained) {
  std::vector<Record> records;
  for (int i = 0; i < 1000; ++i) records.push_back(At(kSecond * i));
  const auto trace = Open({Write("a", 'a', records, 10)});
  EXPECT_EQ(trace->open_chunks(), 0u);
  ExpectAllInOrder(trace.get());
  EXPECT_EQ(most_open_, 1u);
}

TEST_F(TraceReaderTest, PayloadsBeyondTheBoundAreReadAgain) {
  // Each late chunk holds one record of the very beginning and one of its own time, so that all
  // of them are open from the start.
  std::vector<Record> records;
  for (int i = 0; i < 50; ++i) {
    records.push_back(At(Nanos(i), kSecond * 1000));
    records.push_back(At(kSecond * (i + 1), kSecond * 2));
  }
  const std::string path = Write("a", 'a', records, 2);
  const auto trace = Open({path}, 1);
  ExpectAllInOrder(trace.get());
  EXPECT_EQ(most_open_, 50u);
  EXPECT_LE(most_resident_, 1u);
  most_resident_ = 0;
  const auto roomy = Open({path});
  ExpectAllInOrder(roomy.get());
  EXPECT_EQ(most_resident_, 50u);
}

TEST_F(TraceReaderTest, ContinuedBodiesComeWithTheirRecords) {
  Record big = At(Nanos(10));
  big.body.assign(kMaxInlineBody * 2 + 3, 'x');
  const auto trace = Open({Write("a", 'a', {At(Nanos(20)), big})});
  Record record;
  ASSERT_TRUE(trace->Next(&record).value());
  EXPECT_EQ(record.body.size(), kMaxInlineBody * 2 + 3);
  EXPECT_EQ(record.wire_body_bytes, record.body.size());
  ASSERT_TRUE(trace->Next(&record).value());
  EXPECT_EQ(record.body, "");
}

TEST_F(TraceReaderTest, SameSegmentTwiceIsAnError) {
  const std::string path = Write("a", 'a', {At(Nanos(1))});
  files_.SetContents("d/copy.seg", files_.Contents(path));
  const absl::Status status = TraceReader::Open(files_, {path, "d/copy.seg"}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(Message(status), HasSubstr("d/a.seg and d/copy.seg are the same segment"));
}

TEST_F(TraceReaderTest, DamageEndsTheTraceWithAnError) {
  const std::string path = Write("a", 'a', {At(Nanos(1)), At(Nanos(2))}, 1);
  std::string bytes = files_.Contents(path);
  const uint64_t second = SegmentReader::Open(files_, path).value()->record_chunks()[1].offset;
  bytes[second + chunk_header::kSize] ^= 1;
  files_.SetContents(path, bytes);
  const auto trace = Open({path});
  Record record;
  EXPECT_TRUE(trace->Next(&record).value());
  EXPECT_TRUE(absl::IsDataLoss(trace->Next(&record).status()));
}

TEST_F(TraceReaderTest, DirectoryStandsForItsSealedSegmentsByName) {
  Write("2", 'a', {});
  Write("10", 'a', {});
  files_.SetContents("d/3.seg.open", "");
  files_.SetContents("d/capture.json", "{}");
  std::vector<std::string> unsealed;
  const auto segments = ListSegments(files_, {"d", "d/2.seg"}, &unsealed);
  ASSERT_TRUE(segments.ok());
  EXPECT_THAT(*segments, ElementsAre("d/10.seg", "d/2.seg", "d/2.seg"));
  EXPECT_THAT(unsealed, ElementsAre("d/3.seg.open"));
}

TEST_F(TraceReaderTest, PathsWithoutSegmentsAreErrors) {
  std::vector<std::string> unsealed;
  EXPECT_EQ(Message(ListSegments(files_, {"nowhere"}, &unsealed).status()),
            "nowhere: no such file or directory");
  EXPECT_EQ(Message(ListSegments(files_, {"d"}, &unsealed).status()),
            "d: no segment (*.seg) in this directory");
  files_.SetContents("d/3.seg.open", "");
  EXPECT_THAT(Message(ListSegments(files_, {"d"}, &unsealed).status()),
              HasSubstr("d: no sealed segment, only 1 unsealed"));
}

}  // namespace
}  // namespace shadowreel
