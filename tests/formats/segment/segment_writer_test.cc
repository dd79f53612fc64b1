#include "formats/segment/segment_writer.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <limits>
#include <random>

#include "base/posix_file_system.h"
#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

constexpr char kSealed[] = "d/s.seg";
constexpr char kOpen[] = "d/s.seg.open";

std::string Noise(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

Record WithBody(std::string body) {
  Record record = SampleRecord(0);
  record.method = "POST";
  record.wire_body_bytes = body.size();
  record.body = std::move(body);
  return record;
}

Record Late(Record record) {
  record.completed = record.arrival + std::chrono::seconds(1) + Nanos(1);
  return record;
}

class SegmentWriterTest : public ::testing::Test {
 protected:
  std::unique_ptr<SegmentWriter> Create(trace::SegmentHeader header = {}) {
    absl::StatusOr<std::unique_ptr<SegmentWriter>> writer =
        SegmentWriter::Create(files_, clock_, "d", "s", std::move(header));
    EXPECT_TRUE(writer.ok()) << writer.status();
    return std::move(writer).value();
  }

  std::unique_ptr<SegmentReader> Open() {
    absl::StatusOr<std::unique_ptr<SegmentReader>> reader = SegmentReader::Open(files_, kSealed);
    EXPECT_TRUE(reader.ok()) << reader.status();
    return std::move(reader).value();
  }

  // Every record of the segment, whole, by number.
  std::vector<Record> ReadAll(const SegmentReader& reader) {
    std::vector<Record> all;
    for (const ChunkInfo& chunk : reader.record_chunks()) {
      std::vector<Record> records;
      EXPECT_EQ(reader.ReadRecords(chunk, &records), absl::OkStatus());
      for (Record& record : records) {
        EXPECT_EQ(reader.LoadBody(&record), absl::OkStatus());
        all.push_back(std::move(record));
      }
    }
    std::sort(all.begin(), all.end(),
              [](const Record& a, const Record& b) { return a.number < b.number; });
    return all;
  }

  // Reads the sealed segment and compares it with what was appended, from `first` on.
  void ExpectHolds(std::vector<Record> appended, uint64_t first = 0) {
    const auto reader = Open();
    EXPECT_EQ(reader->Verify(), absl::OkStatus());
    const std::vector<Record> read = ReadAll(*reader);
    ASSERT_EQ(read.size(), appended.size());
    for (size_t i = 0; i < read.size(); ++i) {
      appended[i].number = first + i;
      appended[i].recording = reader->recording();
      ASSERT_EQ(ToText(read[i]), ToText(appended[i]));
    }
  }

  FaultyFileSystem files_{{"d"}};
  FakeClock clock_;
};

TEST_F(SegmentWriterTest, EmptySegmentIsSound) {
  ASSERT_EQ(Create()->Seal({}), absl::OkStatus());
  ExpectHolds({});
  EXPECT_EQ(Open()->footer().statistics().records(), 0u);
}

TEST_F(SegmentWriterTest, RecordsComeBackUnderConsecutiveNumbers) {
  trace::SegmentHeader header;
  header.set_first_record_number(1000);
  const auto writer = Create(header);
  std::vector<Record> appended;
  for (uint64_t i = 0; i < 500; ++i) {
    appended.push_back(SampleRecord(i));
    const absl::StatusOr<uint64_t> number = writer->Append(appended.back());
    ASSERT_TRUE(number.ok());
    EXPECT_EQ(*number, 1000 + i);
  }
  EXPECT_EQ(writer->next_number(), 1500u);
  EXPECT_EQ(writer->pending_records(), 500u);
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  EXPECT_EQ(writer->pending_records(), 0u);
  EXPECT_EQ(writer->path(), kSealed);
  ExpectHolds(appended, 1000);
}

TEST_F(SegmentWriterTest, HeaderKeepsWhatTheCallerKnowsAndGetsTheRest) {
  trace::SegmentHeader header;
  header.set_recording_uuid("0123456789abcdef");
  header.set_sequence(7);
  header.set_host("edge-3");
  const auto writer = Create(header);
  EXPECT_EQ(writer->header().recording_uuid(), "0123456789abcdef");
  EXPECT_EQ(writer->header().segment_uuid().size(), kUuidSize);
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  const trace::SegmentHeader read = Open()->header();
  EXPECT_EQ(read.SerializeAsString(), writer->header().SerializeAsString());
  EXPECT_EQ(read.kind(), trace::REQUESTS);
  EXPECT_EQ(read.sequence(), 7u);
  EXPECT_EQ(read.host(), "edge-3");
  EXPECT_EQ(read.created_nanos(), clock_.WallNow().time_since_epoch().count());
  EXPECT_NE(read.writer_version(), "");
}

TEST_F(SegmentWriterTest, LedgerAndStatisticsStandInTheFooter) {
  const auto writer = Create();
  for (uint64_t i = 0; i < 100; ++i) ASSERT_TRUE(writer->Append(SampleRecord(i)).ok());
  trace::CaptureLedger ledger;
  ledger.set_received(110);
  ledger.set_shed(10);
  ledger.set_written(100);
  ASSERT_EQ(writer->Seal(ledger), absl::OkStatus());
  const auto reader = Open();
  EXPECT_EQ(reader->footer().ledger().SerializeAsString(), ledger.SerializeAsString());
  const trace::Statistics& statistics = reader->footer().statistics();
  EXPECT_EQ(statistics.records(), 100u);
  EXPECT_EQ(statistics.truncated(), 25u);
  EXPECT_EQ(statistics.incomplete(), 14u);
  EXPECT_EQ(statistics.redactions(), 100u);
  EXPECT_EQ(statistics.min_arrival_nanos(), SampleRecord(0).arrival.time_since_epoch().count());
  EXPECT_EQ(statistics.max_arrival_nanos(), SampleRecord(99).arrival.time_since_epoch().count());
  EXPECT_EQ(statistics.authorities_size(), 2);
  EXPECT_FALSE(statistics.more_authorities());
}

TEST_F(SegmentWriterTest, StatisticsListAtMost256Authorities) {
  const auto writer = Create();
  for (int i = 0; i < 300; ++i) {
    Record record = SampleRecord(0);
    record.stripped_authority = std::to_string(i);
    ASSERT_TRUE(writer->Append(record).ok());
  }
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  const trace::Statistics statistics = Open()->footer().statistics();
  EXPECT_EQ(statistics.authorities_size(), 256);
  EXPECT_TRUE(statistics.more_authorities());
}

TEST_F(SegmentWriterTest, SlowUploadsGoToTheLateLane) {
  const auto writer = Create();
  std::vector<Record> appended;
  for (uint64_t i = 0; i < 30; ++i) {
    appended.push_back(i % 3 == 1 ? Late(SampleRecord(i)) : SampleRecord(i));
    ASSERT_TRUE(writer->Append(appended.back()).ok());
  }
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  const auto reader = Open();
  ASSERT_EQ(reader->record_chunks().size(), 2u);
  EXPECT_EQ(reader->record_chunks()[0].type, ChunkType::kRecords);
  EXPECT_EQ(reader->record_chunks()[0].record_count, 20u);
  EXPECT_EQ(reader->record_chunks()[0].first_record, 0u);
  EXPECT_EQ(reader->record_chunks()[1].type, ChunkType::kLateRecords);
  EXPECT_EQ(reader->record_chunks()[1].record_count, 10u);
  EXPECT_EQ(reader->record_chunks()[1].first_record, 1u);
  ExpectHolds(appended);
}

TEST_F(SegmentWriterTest, UploadOfExactlyOneSecondIsNotLate) {
  const auto writer = Create();
  Record record = SampleRecord(0);
  record.completed = record.arrival + std::chrono::seconds(1);
  ASSERT_TRUE(writer->Append(record).ok());
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  EXPECT_EQ(Open()->record_chunks()[0].type, ChunkType::kRecords);
}

TEST_F(SegmentWriterTest, ChunkClosesAt4096Records) {
  const auto writer = Create();
  for (uint64_t i = 0; i < 4097; ++i) ASSERT_TRUE(writer->Append(Record()).ok());
  EXPECT_EQ(writer->pending_records(), 1u);
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  EXPECT_EQ(Open()->record_chunks()[0].record_count, 4096u);
}

TEST_F(SegmentWriterTest, ChunkClosesBeforeItExceedsOneMebibyte) {
  const auto writer = Create();
  std::vector<Record> appended;
  for (uint32_t i = 0; i < 60; ++i) {
    appended.push_back(WithBody(Noise(50'000, i)));
    ASSERT_TRUE(writer->Append(appended.back()).ok());
  }
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  const auto reader = Open();
  EXPECT_EQ(reader->record_chunks().size(), 3u);
  for (const ChunkInfo& chunk : reader->record_chunks()) {
    EXPECT_LE(chunk.raw_length, kChunkRawBytes);
    EXPECT_EQ(chunk.codec, ChunkCodec::kPlain);  // noise does not compress
  }
  ExpectHolds(appended);
}

TEST_F(SegmentWriterTest, ManyDistinctFieldsCloseTheChunk) {
  const auto writer = Create();
  std::vector<Record> appended;
  for (int i = 0; i < 3000; ++i) {
    Record record;
    for (int field = 0; field < 10; ++field)
      record.headers.Add("h", std::to_string(i * 10 + field));
    appended.push_back(record);
    ASSERT_TRUE(writer->Append(record).ok());
  }
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  EXPECT_EQ(Open()->record_chunks().size(), 2u);
  ExpectHolds(appended);
}

TEST_F(SegmentWriterTest, BodyOfOneMebibyteIsInlineAndOneByteMoreIsContinued) {
  const auto writer = Create();
  const std::vector<Record> appended = {
      WithBody(Noise(kMaxInlineBody, 1)), WithBody(Noise(kMaxInlineBody + 1, 2)),
      Late(WithBody(Noise(3 * kMaxInlineBody, 3))), SampleRecord(4)};
  for (const Record& record : appended) ASSERT_TRUE(writer->Append(record).ok());
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  const auto reader = Open();
  std::vector<uint64_t> pieces;
  for (const ChunkInfo& chunk : reader->chunks()) {
    if (chunk.type == ChunkType::kBody) pieces.push_back(chunk.first_record);
  }
  EXPECT_EQ(pieces, (std::vector<uint64_t>{1, 1, 2, 2, 2}));
  std::vector<Record> records;
  ASSERT_EQ(reader->ReadRecords(reader->record_chunks().back(), &records), absl::OkStatus());
  EXPECT_EQ(records[0].body, "");  // until LoadBody
  ExpectHolds(appended);
}

TEST_F(SegmentWriterTest, TruncatedContinuedBodyKeepsItsWireSize) {
  Record record = WithBody(Noise(kMaxInlineBody + 5, 1));
  record.truncated = true;
  record.wire_body_bytes = 9'000'000'000;
  const auto writer = Create();
  ASSERT_TRUE(writer->Append(record).ok());
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  ExpectHolds({record});
}

TEST_F(SegmentWriterTest, HeaderIsRepeatedEvery64Mebibytes) {
  const auto writer = Create();
  const Record record = WithBody(Noise(kMaxInlineBody, 1));
  for (int i = 0; i < 130; ++i) ASSERT_TRUE(writer->Append(record).ok());
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  const auto reader = Open();
  std::vector<uint64_t> headers;
  for (const ChunkInfo& chunk : reader->chunks()) {
    if (chunk.type == ChunkType::kHeader) headers.push_back(chunk.offset);
  }
  ASSERT_EQ(headers.size(), 3u);
  EXPECT_EQ(headers[0], kSegmentMagic.size());
  EXPECT_GE(headers[1] - headers[0], kHeaderRepeatBytes);
  EXPECT_LT(headers[1] - headers[0], kHeaderRepeatBytes + 2 * kChunkRawBytes);
  EXPECT_EQ(reader->Verify(), absl::OkStatus());
}

TEST_F(SegmentWriterTest, RecordThatNoSegmentCanHoldLeavesTheFileAsItWas) {
  const auto writer = Create();
  Record large_head = SampleRecord(0);
  large_head.target.assign(kMaxRecordHead, 'x');
  EXPECT_TRUE(absl::IsInvalidArgument(writer->Append(large_head).status()));
  Record weightless = SampleRecord(0);
  weightless.weight = 0;
  EXPECT_TRUE(absl::IsInvalidArgument(writer->Append(weightless).status()));
  weightless.weight = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(absl::IsInvalidArgument(writer->Append(weightless).status()));
  ASSERT_TRUE(writer->Append(SampleRecord(5)).ok());
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  ExpectHolds({SampleRecord(5)});
}

TEST_F(SegmentWriterTest, HeadJustInsideTheBoundComesBack) {
  Record record;
  for (int i = 0; i < 10'000; ++i) record.headers.Add("name", std::to_string(i));
  record.target.assign(kMaxRecordHead - RecordHeadBound(record), 'x');
  ASSERT_EQ(RecordHeadBound(record), kMaxRecordHead);
  const auto writer = Create();
  ASSERT_TRUE(writer->Append(record).ok());
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  ExpectHolds({record});
}

TEST_F(SegmentWriterTest, ExistingFilesAreNeverTouched) {
  files_.SetContents(kSealed, "precious");
  EXPECT_FALSE(SegmentWriter::Create(files_, clock_, "d", "s", {}).ok());
  EXPECT_EQ(files_.Contents(kSealed), "precious");
  files_.SetContents("d/t.seg.open", "precious");
  EXPECT_FALSE(SegmentWriter::Create(files_, clock_, "d", "t", {}).ok());
  EXPECT_EQ(files_.Contents("d/t.seg.open"), "precious");
}

TEST_F(SegmentWriterTest, SealingSyncsBeforeItRenamesAndTheDirectoryAfter) {
  const auto writer = Create();
  ASSERT_TRUE(writer->Append(SampleRecord(0)).ok());
  const size_t before = files_.operations().size();
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  std::vector<std::string> operations = files_.operations();
  operations.erase(operations.begin(), operations.begin() + static_cast<ptrdiff_t>(before));
  // Chunk header and payload of the records and of the footer, then the trailer.
  ASSERT_EQ(operations.size(), 9u);
  EXPECT_EQ(operations[4], "append d/s.seg.open 24");
  EXPECT_EQ(operations[5], "sync d/s.seg.open");
  EXPECT_EQ(operations[6], "close d/s.seg.open");
  EXPECT_EQ(operations[7], "rename d/s.seg.open d/s.seg");
  EXPECT_EQ(operations[8], "syncdir d");
}

TEST_F(SegmentWriterTest, SealedSegmentSurvivesACrash) {
  const auto writer = Create();
  ASSERT_TRUE(writer->Append(SampleRecord(0)).ok());
  ASSERT_EQ(writer->Seal({}), absl::OkStatus());
  files_.Crash();
  ExpectHolds({SampleRecord(0)});
}

TEST_F(SegmentWriterTest, SyncedChunksSurviveACrash) {
  const auto writer = Create();
  ASSERT_TRUE(writer->Append(SampleRecord(0)).ok());
  ASSERT_EQ(writer->Sync(), absl::OkStatus());
  const uint64_t synced = writer->file_bytes();
  ASSERT_TRUE(writer->Append(SampleRecord(1)).ok());
  ASSERT_EQ(writer->Flush(), absl::OkStatus());
  files_.Crash();
  EXPECT_EQ(files_.Contents(kOpen).size(), synced);
}

// Writes a segment with every kind of chunk; the first error ends it.
absl::Status WriteEverything(FileSystem& files, const Clock& clock) {
  ASSIGN_OR_RETURN(const auto writer, SegmentWriter::Create(files, clock, "d", "s", {}));
  for (uint64_t i = 0; i < 6; ++i) {
    RETURN_IF_ERROR(writer->Append(i == 3 ? Late(SampleRecord(i)) : SampleRecord(i)).status());
    if (i == 2) RETURN_IF_ERROR(writer->Flush());
    if (i == 4) RETURN_IF_ERROR(writer->Sync());
  }
  RETURN_IF_ERROR(writer->Append(WithBody(std::string(kMaxInlineBody + 1, 'x'))).status());
  return writer->Seal({});
}

uint64_t CallsOfWritingEverything() {
  FaultyFileSystem files({"d"});
  FakeClock clock;
  EXPECT_EQ(WriteEverything(files, clock), absl::OkStatus());
  return files.calls();
}

// What a failed write may leave: nothing under the sealed name that does not verify.
void ExpectNothingUnsound(FaultyFileSystem& files) {
  if (files.Kind(kSealed) == FileKind::kMissing) return;
  const auto reader = SegmentReader::Open(files, kSealed);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->Verify(), absl::OkStatus());
}

TEST(SegmentWriterFaultTest, EveryCallThatFailsIsReportedAndLeavesNothingUnsound) {
  const uint64_t calls = CallsOfWritingEverything();
  ASSERT_GT(calls, 20u);
  for (uint64_t nth = 1; nth <= calls; ++nth) {
    for (const size_t partial : {0, 50}) {
      SCOPED_TRACE(fmt::format("call {} partial {}", nth, partial));
      FaultyFileSystem files({"d"});
      FakeClock clock;
      Fault fault;
      fault.nth = nth;
      fault.partial = partial;
      files.Inject(fault);
      EXPECT_FALSE(WriteEverything(files, clock).ok());
      ExpectNothingUnsound(files);
      files.Crash();
      ExpectNothingUnsound(files);
    }
  }
}

TEST(SegmentWriterFaultTest, CrashAtEveryCallLeavesNothingUnsound) {
  const uint64_t calls = CallsOfWritingEverything();
  for (uint64_t nth = 1; nth <= calls; ++nth) {
    SCOPED_TRACE(nth);
    FaultyFileSystem files({"d"});
    FakeClock clock;
    Fault fault;
    fault.nth = nth;
    fault.for_good = true;
    files.Inject(fault);
    EXPECT_FALSE(WriteEverything(files, clock).ok());
    files.ClearFaults();
    files.Crash();
    ExpectNothingUnsound(files);
  }
}

TEST(SegmentWriterFaultTest, FullDiskIsReportedAsSuch) {
  for (const uint64_t space : {0, 4, 60, 200, 1000}) {
    FaultyFileSystem files({"d"});
    FakeClock clock;
    files.LimitSpace(space);
    EXPECT_TRUE(IsDiskFull(WriteEverything(files, clock))) << space;
    ExpectNothingUnsound(files);
  }
}

TEST(SegmentWriterFaultTest, FileWithoutAHeaderIsRemoved) {
  FaultyFileSystem files({"d"});
  FakeClock clock;
  files.LimitSpace(50);
  EXPECT_FALSE(SegmentWriter::Create(files, clock, "d", "s", {}).ok());
  EXPECT_EQ(files.Kind(kOpen), FileKind::kMissing);
}

TEST(SegmentWriterFaultTest, AfterAnErrorEveryCallReturnsIt) {
  FaultyFileSystem files({"d"});
  FakeClock clock;
  auto writer = SegmentWriter::Create(files, clock, "d", "s", {});
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Append(SampleRecord(0)).ok());
  Fault fault;
  fault.call = FileCall::kSync;
  files.Inject(fault);
  EXPECT_FALSE((*writer)->Sync().ok());
  EXPECT_FALSE((*writer)->Append(SampleRecord(1)).ok());
  EXPECT_FALSE((*writer)->Flush().ok());
  EXPECT_FALSE((*writer)->Sync().ok());
  EXPECT_FALSE((*writer)->Seal({}).ok());
  EXPECT_EQ(files.Kind(kSealed), FileKind::kMissing);
}

TEST(SegmentWriterMemoryTest, HoldsAtMostEightMebibytes) {
  const auto allocated = [] {
    const struct mallinfo2 now = mallinfo2();
    return now.uordblks + now.hblkhd;
  };
  PosixFileSystem files;
  FakeClock clock;
  const std::string name = "memory_test";
  const std::string path = JoinPath(::testing::TempDir(), name + std::string(kSealedSuffix));
  files.Remove(path).IgnoreError();  // of a run before
  std::vector<Record> records;
  for (uint32_t i = 0; i < 8; ++i) records.push_back(WithBody(Noise(kMaxInlineBody - i * 9999, i)));
  for (uint32_t i = 0; i < 8; ++i) records.push_back(Late(records[i]));
  records.push_back(WithBody(Noise(5 * kMaxInlineBody, 1)));
  for (uint64_t i = 0; i < 20'000; ++i) records.push_back(RealisticRecord(i));
  for (uint64_t i = 0; i < 20'000; ++i) records.push_back(Late(RealisticRecord(i)));
  const size_t before = allocated();
  size_t most = before;
  auto writer = SegmentWriter::Create(files, clock, ::testing::TempDir(), name, {});
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (size_t i = 0; i < records.size(); ++i) {
    ASSERT_TRUE((*writer)->Append(records[i]).ok());
    if (i < 100 || i % 100 == 0) most = std::max(most, allocated());
  }
  EXPECT_LE(most - before, size_t{8} << 20);
  EXPECT_EQ((*writer)->Seal({}), absl::OkStatus());
  EXPECT_EQ(files.Remove(path), absl::OkStatus());
}

}  // namespace
}  // namespace shadowreel
