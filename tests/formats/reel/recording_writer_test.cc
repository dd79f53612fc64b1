#include "formats/reel/recording_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/trace_reader.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

trace::SegmentHeader Header() {
  trace::SegmentHeader header;
  header.set_redaction_mode("credentials");
  header.mutable_lineage()->set_made_by("reel cut");
  return header;
}

Response Answer(uint32_t status) {
  Response response;
  response.status = status;
  response.body = "body of " + std::to_string(status);
  return response;
}

class RecordingWriterTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<RecordingWriter>> Create(const std::string& out = "d/out") {
    return RecordingWriter::Create(files_, clock_, {out, segment_bytes_, {}}, Header());
  }

  // Writes a whole recording of `records`; the first error.
  absl::Status Write(int records) {
    auto writer = Create();
    if (!writer.ok()) return writer.status();
    const Response answer = Answer(200);
    for (int i = 0; i < records; ++i) {
      RETURN_IF_ERROR((*writer)->Append(SampleRecord(i), i % 2 == 0 ? &answer : nullptr));
    }
    return (*writer)->Finish();
  }

  std::unique_ptr<TraceReader> Open() {
    std::vector<std::string> unsealed;
    auto segments = ListSegments(files_, {"d/out"}, &unsealed);
    EXPECT_TRUE(segments.ok()) << segments.status();
    auto trace = TraceReader::Open(files_, *segments);
    EXPECT_TRUE(trace.ok()) << trace.status();
    return std::move(trace).value();
  }

  std::vector<std::string> Listed() { return *files_.List("d"); }

  FaultyFileSystem files_{{"d"}};
  FakeClock clock_;
  uint64_t segment_bytes_ = 1 << 20;
};

TEST_F(RecordingWriterTest, SegmentsFollowEachOtherUnderOneRecording) {
  segment_bytes_ = 1;  // each record in a segment of its own, once a chunk is on disk
  ASSERT_EQ(Write(5), absl::OkStatus());
  EXPECT_THAT(Listed(), ElementsAre("out"));
  const auto trace = Open();
  ASSERT_EQ(trace->segments().size(), 5u);
  std::string previous;
  for (uint32_t i = 0; i < 5; ++i) {
    const SegmentReader& segment = *trace->segments()[i];
    EXPECT_EQ(segment.Verify(), absl::OkStatus());
    EXPECT_EQ(segment.header().sequence(), i + 1);
    EXPECT_EQ(segment.header().first_record_number(), i + 1);
    EXPECT_EQ(segment.header().previous_segment_uuid(), previous);
    EXPECT_EQ(segment.header().recording_uuid(), trace->segments()[0]->header().recording_uuid());
    EXPECT_EQ(segment.header().redaction_mode(), "credentials");
    EXPECT_EQ(segment.header().lineage().made_by(), "reel cut");
    EXPECT_FALSE(segment.footer().has_ledger());
    previous = segment.header().segment_uuid();
  }
}

TEST_F(RecordingWriterTest, ResponsesStayWithTheirRecords) {
  ASSERT_EQ(Write(100), absl::OkStatus());
  const auto trace = Open();
  Record record;
  Response response;
  for (uint64_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(*trace->Next(&record));
    EXPECT_EQ(record.number, i + 1);
    ASSERT_EQ(*trace->ReadResponse(&response), i % 2 == 0);
    if (i % 2 == 0) {
      EXPECT_EQ(response.body, "body of 200");
    }
  }
  EXPECT_FALSE(*trace->Next(&record));
}

TEST_F(RecordingWriterTest, WithoutRecordsItIsARecordingStill) {
  ASSERT_EQ(Write(0), absl::OkStatus());
  EXPECT_EQ(Open()->records(), 0u);
}

TEST_F(RecordingWriterTest, UnfinishedLeavesNothing) {
  {
    auto writer = Create();
    ASSERT_TRUE((*writer)->Append(SampleRecord(0), nullptr).ok());
    EXPECT_THAT(Listed(), ElementsAre("out.partial"));
  }
  EXPECT_TRUE(Listed().empty());
}

TEST_F(RecordingWriterTest, WhatIsThereIsLeftAlone) {
  EXPECT_THAT(Message(Create("d/none/out").status()), HasSubstr("there is no directory d/none"));
  files_.SetContents("d/out", "a file");
  EXPECT_EQ(Create().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(Create("d/out//").status()), HasSubstr("d/out exists already"));
  EXPECT_EQ(files_.Contents("d/out"), "a file");
  ASSERT_EQ(files_.CreateDirectory("d/two.partial"), absl::OkStatus());
  EXPECT_THAT(Message(Create("d/two").status()), HasSubstr("d/two.partial exists"));
  EXPECT_THAT(Listed(), ElementsAre("out", "two.partial"));
}

TEST_F(RecordingWriterTest, AFullDiskLeavesNothing) {
  files_.LimitSpace(3000);
  EXPECT_TRUE(IsDiskFull(Write(10'000)));
  EXPECT_TRUE(Listed().empty());
}

TEST_F(RecordingWriterTest, EveryFailedCallLeavesAWholeRecordingOrNothing) {
  ASSERT_EQ(Write(10), absl::OkStatus());
  const uint64_t calls = files_.calls();
  for (uint64_t nth = 1; nth <= calls; ++nth) {
    SCOPED_TRACE(nth);
    FaultyFileSystem files({"d"});
    Fault fault;
    fault.nth = nth;
    files.Inject(fault);
    auto writer = RecordingWriter::Create(files, clock_, {"d/out", segment_bytes_, {}}, Header());
    absl::Status status = writer.status();
    const Response answer = Answer(200);
    for (int i = 0; status.ok() && i < 10; ++i) {
      status = (*writer)->Append(SampleRecord(i), i % 2 == 0 ? &answer : nullptr);
    }
    if (status.ok()) status = (*writer)->Finish();
    EXPECT_FALSE(status.ok());
    if (writer.ok()) writer->reset();
    EXPECT_TRUE(files.List("d")->empty());
  }
}

TEST_F(RecordingWriterTest, FinishedSurvivesACrashAndUnfinishedHasNoName) {
  ASSERT_EQ(Write(10), absl::OkStatus());
  files_.Crash();
  EXPECT_EQ(Open()->records(), 10u);

  FaultyFileSystem files({"d"});
  Fault fault;
  fault.call = FileCall::kSyncDirectory;
  fault.nth = 2;
  fault.for_good = true;
  files.Inject(fault);
  auto writer = RecordingWriter::Create(files, clock_, {"d/out", segment_bytes_, {}}, Header());
  ASSERT_TRUE((*writer)->Append(SampleRecord(0), nullptr).ok());
  EXPECT_FALSE((*writer)->Finish().ok());
  files.Crash();  // the rename was never durable
  EXPECT_EQ(files.Kind("d/out"), FileKind::kMissing);
}

TEST_F(RecordingWriterTest, ARefusedRecordOrResponseAddsNothing) {
  auto writer = Create();
  Record record = SampleRecord(0);
  record.weight = 0;
  EXPECT_TRUE(absl::IsInvalidArgument((*writer)->Append(record, nullptr)));
  Response response;
  response.headers.Add("large", std::string(kMaxRecordHead, 'x'));
  EXPECT_TRUE(absl::IsInvalidArgument((*writer)->Append(SampleRecord(0), &response)));
  EXPECT_EQ((*writer)->records(), 0u);
  ASSERT_EQ((*writer)->Append(SampleRecord(0), nullptr), absl::OkStatus());
  ASSERT_EQ((*writer)->Finish(), absl::OkStatus());
  EXPECT_EQ(Open()->records(), 1u);
}

}  // namespace
}  // namespace shadowreel
