#include "formats/segment/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/status.h"
#include "formats/segment/segment_files.h"
#include "formats/segment/segment_writer.h"
#include "formats/segment/trace_reader.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/damaged_segments.h"

namespace shadowreel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kSealed[] = "d/s.seg";
constexpr char kOpen[] = "d/s.seg.open";
constexpr char kDamaged[] = "d/s.seg.damaged";

std::vector<std::string> Names(FaultyFileSystem& files) { return files.List("d").value(); }

class RecoveryTest : public ::testing::Test {
 protected:
  absl::StatusOr<RecoveredSegment> Recover(const std::string& path, uint64_t limit = UINT64_MAX) {
    return RecoverSegment(files_, clock_, path, {.limit = limit});
  }

  // The recovered segment, which must verify.
  std::unique_ptr<SegmentReader> Sealed() {
    auto reader = SegmentReader::Open(files_, kSealed);
    EXPECT_TRUE(reader.ok()) << reader.status();
    EXPECT_EQ((*reader)->Verify(), absl::OkStatus());
    return *std::move(reader);
  }

  FaultyFileSystem files_{{"d"}};
  FakeClock clock_;
};

TEST_F(RecoveryTest, AnUnsealedSegmentIsSealed) {
  const BuiltSegmentOptions options{.late_each = 4, .continued = 6, .seal = false};
  const BuiltSegment segment = BuildSegment(options);
  files_.SetContents(kOpen, segment.bytes + "torn");
  const auto recovered = Recover(kOpen);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->path, kSealed);
  EXPECT_TRUE(recovered->changed);
  EXPECT_EQ(recovered->original, "");
  EXPECT_EQ(recovered->report.records, 9u);
  EXPECT_EQ(recovered->report.torn_bytes, 4u);
  EXPECT_EQ(ReadNumbers(*Sealed(), options), Numbers(1, 9));
  EXPECT_EQ(Sealed()->footer().recovery().torn_bytes(), 4u);
  EXPECT_THAT(Names(files_), ElementsAre("s.seg"));
}

TEST_F(RecoveryTest, ItIsTheSameSegment) {
  const BuiltSegment segment = BuildSegment({.seal = false});
  files_.SetContents(kOpen, segment.bytes);
  const std::string header =
      SegmentReader::Open(files_, kOpen, RecoveryMode::kTail).value()->header().SerializeAsString();
  ASSERT_TRUE(Recover(kOpen).ok());
  EXPECT_EQ(Sealed()->header().SerializeAsString(), header);
}

TEST_F(RecoveryTest, WhatWasDamagedInTheMiddleIsKept) {
  const BuiltSegment segment = BuildSegment({.seal = false});
  const std::string bytes = Flipped(segment.bytes, segment.chunks[2].offset);
  files_.SetContents(kOpen, bytes);
  const auto recovered = Recover(kOpen);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->original, kDamaged);
  EXPECT_EQ(files_.Contents(kDamaged), bytes);
  EXPECT_THAT(ReadNumbers(*Sealed()), ElementsAre(1, 2, 3, 7, 8, 9));
  const trace::SegmentRecovery recovery = Sealed()->footer().recovery();
  EXPECT_TRUE(recovery.lost_in_middle());
  ASSERT_EQ(recovery.lost_size(), 1);
  EXPECT_EQ(recovery.lost(0).first(), 4u);
  EXPECT_EQ(recovery.lost(0).last(), 6u);
  EXPECT_EQ(recovery.lost_from(), 10u);
}

TEST_F(RecoveryTest, ADamagedSealedSegmentIsReplacedAndKept) {
  const BuiltSegment segment = BuildSegment();
  const std::string bytes = Flipped(segment.bytes, segment.chunks[2].end() - 1);
  files_.SetContents(kSealed, bytes);
  const auto recovered = Recover(kSealed);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(files_.Contents(kDamaged), bytes);
  EXPECT_THAT(ReadNumbers(*Sealed()), ElementsAre(1, 2, 3, 7, 8, 9));
  EXPECT_THAT(Names(files_), ElementsAre("s.seg", "s.seg.damaged"));
}

TEST_F(RecoveryTest, ASoundSegmentIsLeftAlone) {
  const BuiltSegment segment = BuildSegment();
  files_.SetContents(kSealed, segment.bytes);
  const auto recovered = Recover(kSealed);
  ASSERT_TRUE(recovered.ok());
  EXPECT_FALSE(recovered->changed);
  EXPECT_EQ(files_.Contents(kSealed), segment.bytes);
}

TEST_F(RecoveryTest, ASecondRecoveryOfARecoveredSegmentChangesNothing) {
  const BuiltSegment segment = BuildSegment({.seal = false});
  files_.SetContents(kOpen, Flipped(segment.bytes, segment.chunks[2].offset));
  ASSERT_TRUE(Recover(kOpen).ok());
  const std::string bytes = files_.Contents(kSealed);
  const auto again = Recover(kSealed);
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(files_.Contents(kSealed), bytes);
}

TEST_F(RecoveryTest, ADamagedRecoveredSegmentLosesNoNumberTwice) {
  const BuiltSegment segment = BuildSegment({.seal = false});
  files_.SetContents(kOpen, Flipped(segment.bytes, segment.chunks[2].offset));
  ASSERT_TRUE(Recover(kOpen).ok());
  const uint64_t last = Sealed()->chunks().back().offset;
  files_.SetContents(kSealed, Flipped(files_.Contents(kSealed), last));
  const auto again = Recover(kSealed);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->original, std::string(kDamaged) + ".2");
  EXPECT_THAT(again->report.lost, ElementsAre(NumberRange{4, 9}));
  EXPECT_THAT(ReadNumbers(*Sealed()), ElementsAre(1, 2, 3));
}

TEST_F(RecoveryTest, RecordsThatTheNextSegmentHoldsAreLeftOut) {
  const BuiltSegmentOptions options{.records = 9, .per_chunk = 9, .late_each = 2, .seal = false};
  files_.SetContents(kOpen, BuildSegment(options).bytes);
  const auto recovered = Recover(kOpen, 6);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->report.duplicates, 4u);
  EXPECT_EQ(recovered->original, kDamaged);
  EXPECT_EQ(ReadNumbers(*Sealed(), options), Numbers(1, 5));
}

TEST_F(RecoveryTest, ARecordWithoutItsBodyIsTakenOutOfItsChunk) {
  const BuiltSegmentOptions options{.per_chunk = 9, .continued = 5, .seal = false};
  const BuiltSegment segment = BuildSegment(options);
  files_.SetContents(kOpen, Flipped(segment.bytes, segment.chunks[2].end() - 1));
  ASSERT_TRUE(Recover(kOpen).ok());
  const auto sealed = Sealed();
  EXPECT_THAT(ReadNumbers(*sealed, options), ElementsAre(1, 2, 3, 4, 6, 7, 8, 9));
  for (const ChunkInfo& chunk : sealed->chunks()) EXPECT_NE(chunk.type, ChunkType::kBody);
}

TEST_F(RecoveryTest, ALostHeaderIsWrittenAgain) {
  const BuiltSegment segment = BuildSegment();
  std::string bytes = segment.bytes;
  bytes.replace(0, segment.chunks[0].end(), segment.chunks[0].end(), '\0');
  files_.SetContents(kSealed, bytes);
  const auto recovered = Recover(kSealed);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->original, "");  // nothing is lost
  EXPECT_EQ(ReadNumbers(*Sealed()), Numbers(1, 9));
}

TEST_F(RecoveryTest, AFileWithoutAHeaderIsSetAside) {
  files_.SetContents(kOpen, "nothing");
  const absl::Status status = Recover(kOpen).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(Message(status), HasSubstr(kOpen));
  EXPECT_EQ(files_.Contents(kOpen), "nothing");
  EXPECT_EQ(SetAsideUnreadable(files_, kOpen).value(), kDamaged);
  EXPECT_EQ(files_.Contents(kDamaged), "nothing");
}

TEST_F(RecoveryTest, OtherFilesAreRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(Recover("d/s.txt").status()));
  EXPECT_TRUE(absl::IsUnavailable(Recover(kSealed).status()));
}

TEST_F(RecoveryTest, TwoSegmentsOfOneNameAreLeftAlone) {
  files_.SetContents(kOpen, BuildSegment({.seal = false}).bytes);
  files_.SetContents(kSealed, BuildSegment().bytes);
  EXPECT_THAT(Message(Recover(kOpen).status()), HasSubstr("move one away"));
  EXPECT_THAT(Names(files_), ElementsAre("s.seg", "s.seg.open"));
}

struct Case {
  std::string path;
  std::string bytes;
  std::vector<uint64_t> expected;
  bool keeps_original;
};

std::vector<Case> Cases() {
  const BuiltSegment open = BuildSegment({.seal = false});
  const BuiltSegment sealed = BuildSegment();
  const std::vector<uint64_t> without_second = {1, 2, 3, 7, 8, 9};
  return {{kOpen, open.bytes + "torn", Numbers(1, 9), false},
          {kOpen, Flipped(open.bytes, open.chunks[2].offset), without_second, true},
          {kSealed, Flipped(sealed.bytes, sealed.chunks[2].offset), without_second, true},
          {kSealed, Flipped(sealed.bytes, sealed.footer), Numbers(1, 9), false}};
}

// Runs a recovery to its `calls`-th call of the file system; false when it needed fewer.
bool RecoverUpTo(FaultyFileSystem& files, const Clock& clock, const std::string& path,
                 uint64_t calls) {
  files.Inject({.call = std::nullopt, .nth = calls, .for_good = true});
  const bool ended = RecoverSegment(files, clock, path).ok();
  files.ClearFaults();
  return !ended;
}

void ExpectMended(FaultyFileSystem& files, const Clock& clock, const Case& each) {
  // A damaged sealed file may be on its way through another name.
  const auto again = RecoverSegment(files, clock, each.path);
  ASSERT_TRUE(again.ok()) << again.status();
  const auto reader = SegmentReader::Open(files, kSealed);
  ASSERT_TRUE(reader.ok()) << reader.status();
  ASSERT_EQ((*reader)->Verify(), absl::OkStatus());
  ASSERT_EQ(ReadNumbers(**reader), each.expected);
  std::vector<std::string> names = {"s.seg"};
  if (each.keeps_original) names.push_back("s.seg.damaged");
  ASSERT_EQ(Names(files), names);
}

TEST_F(RecoveryTest, ACrashAfterAnyCallIsMendedByRecoveringAgain) {
  for (const Case& each : Cases()) {
    bool more = true;
    uint64_t calls = 0;
    while (more) {
      SCOPED_TRACE(fmt::format("{} call {}", each.path, ++calls));
      FaultyFileSystem files({"d"});
      files.SetContents(each.path, each.bytes);
      more = RecoverUpTo(files, clock_, each.path, calls);
      files.Crash();
      ASSERT_NO_FATAL_FAILURE(ExpectMended(files, clock_, each));
    }
    EXPECT_GT(calls, 20u);
  }
}

TEST_F(RecoveryTest, AnErrorAtAnyCallIsMendedByRecoveringAgain) {
  for (const Case& each : Cases()) {
    bool more = true;
    for (uint64_t calls = 1; more; ++calls) {
      SCOPED_TRACE(fmt::format("{} call {}", each.path, calls));
      FaultyFileSystem files({"d"});
      files.SetContents(each.path, each.bytes);
      more = RecoverUpTo(files, clock_, each.path, calls);
      ASSERT_NO_FATAL_FAILURE(ExpectMended(files, clock_, each));
    }
  }
}

TEST_F(RecoveryTest, AFullDiskLeavesTheOriginalAsItIs) {
  const std::string bytes = BuildSegment({.seal = false}).bytes;
  files_.SetContents(kOpen, bytes);
  files_.LimitSpace(bytes.size() + 300);
  EXPECT_TRUE(IsDiskFull(Recover(kOpen).status()));
  EXPECT_THAT(Names(files_), ElementsAre("s.seg.open"));
  EXPECT_EQ(files_.Contents(kOpen), bytes);
}

TEST(RecoveryLimitTest, TheNextSegmentsOfTheRecordingSetIt) {
  std::vector<SegmentFile> all(4);
  for (uint32_t i = 0; i < 4; ++i) {
    all[i].header.emplace();
    all[i].header->set_recording_uuid(i == 3 ? "b" : "a");
    all[i].header->set_sequence(i + 1);
    all[i].header->set_first_record_number(10 * i);
  }
  EXPECT_EQ(RecoveryLimit(*all[0].header, all), 10u);
  EXPECT_EQ(RecoveryLimit(*all[1].header, all), 20u);
  EXPECT_EQ(RecoveryLimit(*all[2].header, all), UINT64_MAX);
}

// A dead disk: records 6 to 9 stand in the unsealed segment and, again, in the next one.
TEST(TraceReaderRecoveryTest, RecordsWrittenAgainComeOnce) {
  FaultyFileSystem files({"d"});
  files.SetContents("d/1.seg.open", BuildSegment({.seal = false}).bytes);
  const auto first =
      SegmentReader::Open(files, "d/1.seg.open", RecoveryMode::kTail).value()->header();
  FakeClock clock;
  trace::SegmentHeader header;
  header.set_recording_uuid(first.recording_uuid());
  header.set_sequence(2);
  header.set_first_record_number(6);
  auto writer = SegmentWriter::Create(files, clock, "d", "2", header).value();
  for (uint64_t number = 6; number <= 12; ++number) {
    ASSERT_TRUE(writer->Append(BuiltRecord(number)).ok());
  }
  ASSERT_TRUE(writer->Seal({}).ok());
  std::vector<std::string> unsealed;
  const auto paths = ListSegments(files, {"d"}, &unsealed, RecoveryMode::kTail).value();
  EXPECT_THAT(paths, ElementsAre("d/1.seg.open", "d/2.seg"));
  EXPECT_TRUE(unsealed.empty());
  const auto trace = TraceReader::Open(files, paths, RecoveryMode::kTail).value();
  EXPECT_EQ(trace->records(), 12u);
  std::vector<uint64_t> numbers;
  Record record;
  while (trace->Next(&record).value()) numbers.push_back(record.number);
  std::sort(numbers.begin(), numbers.end());
  EXPECT_EQ(numbers, Numbers(1, 12));
}

TEST(TraceReaderRecoveryTest, SalvagePassesOverAFileOfWhichNothingCanBeRead) {
  FaultyFileSystem files({"d"});
  files.SetContents("d/1.seg", BuildSegment().bytes);
  files.SetContents("d/2.seg.open", "");
  std::vector<std::string> unsealed;
  const auto paths = ListSegments(files, {"d"}, &unsealed, RecoveryMode::kSalvage).value();
  const auto trace = TraceReader::Open(files, paths, RecoveryMode::kSalvage).value();
  EXPECT_EQ(trace->records(), 9u);
  ASSERT_EQ(trace->unreadable().size(), 1u);
  EXPECT_THAT(trace->unreadable()[0], HasSubstr("d/2.seg.open"));
}

TEST(TraceReaderRecoveryTest, AnUnsealedSegmentBesideItsRecoveryIsLeftOut) {
  FaultyFileSystem files({"d"});
  files.SetContents("d/s.seg", BuildSegment().bytes);
  files.SetContents("d/s.seg.open", "");
  std::vector<std::string> unsealed;
  EXPECT_THAT(ListSegments(files, {"d"}, &unsealed, RecoveryMode::kTail).value(),
              ElementsAre("d/s.seg"));
}

}  // namespace
}  // namespace shadowreel
