#include "formats/reel/derived_recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/status.h"
#include "formats/reel/merge.h"
#include "formats/segment/segment_writer.h"
#include "formats/segment/trace_reader.h"
#include "tests/fakes/fake_clock.h"
#include "tests/formats/reel/recordings.h"

// Recordings made from others, as `reel merge` makes them.
namespace shadowreel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MergeTest : public ::testing::Test {
 protected:
  Ran Run(const std::vector<std::string>& paths, RecoveryMode recovery = RecoveryMode::kStrict) {
    return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
      const SystemClock clock;
      return Merge(files, clock, {paths, out_, recovery}, output, notices);
    });
  }

  std::unique_ptr<TraceReader> Open() {
    auto trace = TraceReader::Open(files_, {out_ + "/000001.seg"});
    EXPECT_TRUE(trace.ok()) << trace.status();
    return std::move(trace).value();
  }

  // Merges two empty recordings of these kinds; the result's header.
  trace::SegmentHeader MergedHeader(const SegmentContent& a, const SegmentContent& b) {
    std::filesystem::remove_all(out_);
    const std::string directory_a = NewDirectory("a");
    const std::string directory_b = NewDirectory("b");
    WriteSegment(directory_a, {}, a);
    WriteSegment(directory_b, {}, b);
    EXPECT_TRUE(Run({directory_a, directory_b}).result.ok());
    return Open()->segments()[0]->header();
  }

  PosixFileSystem files_;
  const std::string out_ = NewDirectory("results") + "/out";
};

TEST_F(MergeTest, RecordersComeTogetherByArrivalWithResponsesAndWeights) {
  const std::string a = NewDirectory("a");
  const std::string b = NewDirectory("b");
  const FakeClock clock;
  for (const std::string& directory : {a, b}) {
    trace::SegmentHeader header;
    header.set_recording_uuid(std::string(16, directory.back()));
    auto writer = SegmentWriter::Create(files_, clock, directory, "s", header);
    for (int i = directory == a ? 0 : 1; i < 100; i += 2) {
      Record record = SampleRecord(i);
      record.weight = i + 1;
      const uint64_t number = *(*writer)->Append(record);
      Response response;
      response.body = std::to_string(i);
      if (i % 3 == 0) {
        ASSERT_EQ((*writer)->AppendResponse(number, response), absl::OkStatus());
      }
    }
    trace::CaptureLedger ledger;
    ledger.set_received(50);
    ASSERT_EQ((*writer)->Seal(ledger), absl::OkStatus());
  }
  const Ran ran = Run({b, a});
  ASSERT_TRUE(ran.result.ok()) << ran.result.status();
  EXPECT_THAT(ran.printed, HasSubstr("merged 100 records of 2 recordings\nwritten to "));
  EXPECT_THAT(ran.printed, HasSubstr(", 1 segments, 34 responses, recording "));
  const auto trace = Open();
  EXPECT_EQ(trace->segments()[0]->Verify(), absl::OkStatus());
  EXPECT_FALSE(trace->segments()[0]->footer().has_ledger());
  EXPECT_THAT(trace->segments()[0]->header().lineage().parent_recording_uuids(),
              ElementsAre(std::string(16, 'a'), std::string(16, 'b')));
  Record record;
  Response response;
  for (uint64_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(*trace->Next(&record));
    EXPECT_EQ(record.number, i + 1);
    EXPECT_EQ(record.arrival, At(static_cast<double>(i)));
    EXPECT_EQ(record.weight, static_cast<double>(i + 1));
    ASSERT_EQ(*trace->ReadResponse(&response), i % 3 == 0);
    if (i % 3 == 0) {
      EXPECT_EQ(response.body, std::to_string(i));
    }
  }
}

TEST_F(MergeTest, TheWeakestRedactionIsStated) {
  const auto mode = [&](const std::string& a, const std::string& b) {
    return MergedHeader({.recording = std::string(16, 'a'), .redaction_mode = a},
                        {.recording = std::string(16, 'b'), .redaction_mode = b})
        .redaction_mode();
  };
  EXPECT_EQ(mode("strict", "strict"), "strict");
  EXPECT_EQ(mode("strict", "credentials"), "credentials");
  EXPECT_EQ(mode("", "credentials"), "");
  EXPECT_EQ(mode("of a later version", "strict"), "");
  EXPECT_EQ(mode("", "off"), "off");
}

TEST_F(MergeTest, KeyIdsOfAllParentsAreListed) {
  const auto ids = [&](const std::string& a, const std::string& b) {
    return MergedHeader({.recording = std::string(16, 'a'), .key_id = a},
                        {.recording = std::string(16, 'b'), .key_id = b})
        .redaction_key_id();
  };
  EXPECT_EQ(ids("k1", "k1"), "k1");
  EXPECT_EQ(ids("k2", "k1"), "k1,k2");
  EXPECT_EQ(ids("k1,k3", "k2,k3"), "k1,k2,k3");
  EXPECT_EQ(ids("", "k1"), "k1");
  EXPECT_EQ(ids("", ""), "");
}

TEST_F(MergeTest, TheSameRecordingTwiceIsRefusedByName) {
  const std::string a = WriteRecording("a", {SampleRecord(0)});
  const std::string copy = NewDirectory("copy");
  std::filesystem::copy(a, copy, std::filesystem::copy_options::recursive);
  for (const std::string& second : {a, copy}) {
    const Ran ran = Run({a, second});
    EXPECT_EQ(ran.result.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(ran.result.status()), HasSubstr(a + "/000001.seg and " + second));
    EXPECT_FALSE(std::filesystem::exists(out_ + ".partial"));
  }
}

TEST_F(MergeTest, RecordsThatOverlapAreRefusedByName) {
  // Two segments of one recording, not equal, that share numbers 2 and 3.
  const std::string a = NewDirectory("a");
  const std::string b = NewDirectory("b");
  WriteSegment(a, {SampleRecord(0), SampleRecord(1), SampleRecord(2)});
  WriteSegment(b, {SampleRecord(11), SampleRecord(12)}, {.first_number = 2});
  const Ran ran = Run({a, b});
  EXPECT_EQ(ran.result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(ran.result.status()),
              HasSubstr(a + "/000001.seg and " + b + "/000001.seg both hold record 2 of"));
  EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(MergeTest, UnsealedSegmentsAreMergedWhenAskedFor) {
  const std::string a = WriteRecording("a", {SampleRecord(0)});
  const std::string b = NewDirectory("b");
  WriteSegment(b, {SampleRecord(1), SampleRecord(2)},
               {.recording = std::string(16, 'B'), .sealed = false});
  EXPECT_FALSE(Run({a, b}).result.ok());
  const Ran ran = Run({a, b}, RecoveryMode::kTail);
  ASSERT_TRUE(ran.result.ok()) << ran.result.status();
  EXPECT_THAT(ran.printed, HasSubstr("merged 3 records of 2 recordings\n"));
  EXPECT_EQ(Open()->segments()[0]->header().lineage().made_by(), "reel merge --recovery=tail");
}

}  // namespace
}  // namespace shadowreel
