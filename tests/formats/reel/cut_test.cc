#include "formats/reel/cut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/status.h"
#include "formats/segment/trace_reader.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What a recording holds, by the ordinals of SampleRecord.
struct Content {
  std::vector<std::string> targets;
  std::vector<double> weights;
  trace::SegmentHeader header;
};

Content Read(const std::string& directory) {
  PosixFileSystem files;
  std::vector<std::string> unsealed;
  const auto segments = ListSegments(files, {directory}, &unsealed);
  EXPECT_TRUE(segments.ok()) << segments.status();
  const auto trace = TraceReader::Open(files, *segments);
  Content content;
  content.header = (*trace)->segments()[0]->header();
  EXPECT_EQ((*trace)->segments()[0]->Verify(), absl::OkStatus());
  Record record;
  while (*(*trace)->Next(&record)) {
    content.targets.push_back(record.target.substr(0, record.target.find('?')));
    content.weights.push_back(record.weight);
  }
  return content;
}

class CutTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<Record> records;
    // One a second; three more in the 70th; every tenth a GET of another host.
    for (int i = 0; i < 100; ++i) {
      Record record = SampleRecord(i);
      if (i % 10 == 0) {
        record.method = "GET";
        record.stripped_authority = "search.example";
        record.headers.Add("x-canary", "true");
      }
      records.push_back(record);
      if (i != 70) continue;
      for (int more = 0; more < 3; ++more) {
        record.arrival += Nanos(1);
        records.push_back(record);
      }
    }
    recording_ = WriteRecording("recording", records);
    out_ = NewDirectory("results") + "/out";
  }

  Ran Run(CutOptions options) {
    options.paths = {recording_};
    options.out = out_;
    std::filesystem::remove_all(out_);
    return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
      const SystemClock clock;
      return Cut(files, clock, options, output, notices);
    });
  }

  std::string recording_;
  std::string out_;
};

TEST_F(CutTest, WithoutConditionsItIsACopyOfItsOwn) {
  const Ran ran = Run({});
  ASSERT_TRUE(ran.result.ok()) << ran.result.status();
  EXPECT_THAT(ran.printed, HasSubstr("kept 103 of 103 records, 2023-11-14T22:13:20.000Z to "
                                     "2023-11-14T22:14:59.000Z, 99.00 s\nwritten to "));
  const Content content = Read(out_);
  EXPECT_EQ(content.targets.size(), 103u);
  EXPECT_NE(content.header.recording_uuid(), std::string(16, 'R'));
  EXPECT_THAT(content.header.lineage().parent_recording_uuids(), ElementsAre(std::string(16, 'R')));
  EXPECT_EQ(content.header.lineage().made_by(), "reel cut");
  EXPECT_EQ(content.header.redaction_mode(), "credentials");
}

TEST_F(CutTest, TimeIsFromInclusiveToExclusive) {
  CutOptions options;
  options.from = "10s";
  options.to = "2023-11-14T22:13:33Z";  // 13 s
  const Ran ran = Run(options);
  EXPECT_THAT(ran.printed, HasSubstr("kept 3 of 103 records"));
  EXPECT_THAT(ran.printed, HasSubstr("left out 100 by time\n"));
  const Content content = Read(out_);
  EXPECT_THAT(content.targets, ElementsAre("/cart/10", "/cart/11", "/cart/12"));
  EXPECT_EQ(content.header.lineage().made_by(), "reel cut --from=10s --to=2023-11-14T22:13:33Z");
}

TEST_F(CutTest, FiltersCombineAndEachLeavesOutItsOwn) {
  CutOptions options;
  options.filter.method = "POST,GET";
  options.filter.host = "*.example";
  options.filter.path = "re:/[1-5]0$";
  options.filter.header = "x-canary:true";
  const Ran ran = Run(options);
  EXPECT_THAT(ran.printed, HasSubstr("kept 5 of 103 records"));
  EXPECT_THAT(ran.printed, HasSubstr("left out 90 by host\nleft out 8 by path\n"));
  EXPECT_THAT(Read(out_).header.lineage().made_by(),
              HasSubstr(" --path=re:/[1-5]0$ --header=x-canary:..."));
}

TEST_F(CutTest, TheBusiestWindowIsThatOfWhatTheFilterKeeps) {
  CutOptions options;
  options.busiest = "2s";
  EXPECT_THAT(Run(options).printed,
              HasSubstr("\nbusiest 2.00 s from 2023-11-14T22:14:29.000Z\nleft out 98 by time\n"));
  EXPECT_THAT(Read(out_).targets,
              ElementsAre("/cart/69", "/cart/70", "/cart/70", "/cart/70", "/cart/70"));
  options.filter.method = "POST";
  EXPECT_THAT(Run(options).printed, HasSubstr("from 2023-11-14T22:13:21.000Z"));
  EXPECT_THAT(Read(out_).targets, ElementsAre("/cart/1", "/cart/2"));
  options.filter.method = "GET";
  options.to = "70s";
  EXPECT_THAT(Run(options).printed, HasSubstr("from 2023-11-14T22:13:20.000Z"));
}

TEST_F(CutTest, ASampleIsTheSameEveryTimeWeighedAndInsideALargerOne) {
  CutOptions options;
  options.percent = "20";
  const Ran ran = Run(options);
  const Content fifth = Read(out_);
  EXPECT_GT(fifth.targets.size(), 5u);
  EXPECT_LT(fifth.targets.size(), 50u);
  EXPECT_THAT(ran.printed,
              HasSubstr(fmt::format("left out {} by sampling\n", 103 - fifth.targets.size())));
  for (const double weight : fifth.weights) EXPECT_DOUBLE_EQ(weight, 5);
  Run(options);
  EXPECT_EQ(Read(out_).targets, fifth.targets);
  options.percent = "50%";
  Run(options);
  const Content half = Read(out_);
  EXPECT_GT(half.targets.size(), fifth.targets.size());
  EXPECT_TRUE(std::includes(half.targets.begin(), half.targets.end(), fifth.targets.begin(),
                            fifth.targets.end(), [&](const auto& a, const auto& b) {
                              return std::make_pair(a.size(), a) < std::make_pair(b.size(), b);
                            }));
  options.seed = 1;
  Run(options);
  EXPECT_NE(Read(out_).targets, half.targets);
  EXPECT_EQ(Read(out_).header.lineage().made_by(), "reel cut --percent=50% --seed=1");
}

TEST_F(CutTest, TheFirstAreCountedLast) {
  CutOptions options;
  options.filter.method = "GET";
  options.first = 2;
  EXPECT_THAT(Run(options).printed,
              HasSubstr("left out 9 by method\nleft out 92 after the first 2"));
  EXPECT_THAT(Read(out_).targets, ElementsAre("/cart/0", "/cart/10"));
}

TEST_F(CutTest, KeepingNothingIsAnEmptyRecordingAndAWarning) {
  for (const char* percent : {"0", ""}) {
    CutOptions options;
    options.percent = percent;
    if (options.percent.empty()) options.filter.method = "PUT";
    options.busiest = "10m";
    const Ran ran = Run(options);
    EXPECT_EQ(*ran.result, ExitCode::kPass);
    EXPECT_THAT(ran.printed, HasSubstr("kept 0 of 103 records\n"));
    EXPECT_THAT(ran.warned, HasSubstr("no record was kept"));
    EXPECT_TRUE(Read(out_).targets.empty());
  }
}

TEST_F(CutTest, ARecordThatStandsTwiceIsRefused) {
  WriteSegment(recording_, {SampleRecord(5)},
               {.name = "000002", .first_number = 103, .sequence = 2});
  const Ran ran = Run({});
  EXPECT_EQ(ran.result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(ran.result.status()),
              HasSubstr("both hold record 103 of recording 52525252525252525252525252525252"));
  EXPECT_FALSE(std::filesystem::exists(out_));
  EXPECT_FALSE(std::filesystem::exists(out_ + ".partial"));
}

TEST_F(CutTest, WrongOptionsNameTheirFlag) {
  const auto expect = [&](const CutOptions& options, const std::string& part) {
    EXPECT_THAT(Message(Run(options).result.status()), HasSubstr(part));
    EXPECT_FALSE(std::filesystem::exists(out_));
  };
  CutOptions options;
  for (const char* percent : {"nan", "-1", "101", "inf", "x"}) {
    options.percent = percent;
    expect(options, fmt::format("--percent: '{}' is not a percentage", percent));
  }
  options.percent = "";
  options.busiest = "0s";
  expect(options, "--busiest: the window needs a length");
  options.busiest = "often";
  expect(options, "--busiest: 'often' is not a duration");
  options.busiest = "";
  options.from = "19:42";
  expect(options, "--from: '19:42' is no time");
  options.from = "5m";
  options.to = "5m";
  expect(options, "--from: 2023-11-14T22:18:20.000Z is not before");
}

TEST_F(CutTest, WhatACrashLeftIsCutInTheOtherModes) {
  // The disk failed after the second record: the unsealed segment holds two that are there again.
  recording_ = NewDirectory("crashed");
  const std::vector<Record> records = {SampleRecord(0), SampleRecord(1), SampleRecord(2),
                                       SampleRecord(3), SampleRecord(4), SampleRecord(5)};
  WriteSegment(recording_, {records.begin(), records.begin() + 4}, {.sealed = false});
  WriteSegment(recording_, {records.begin() + 2, records.end()},
               {.name = "000002", .first_number = 3, .sequence = 2});
  CutOptions options;
  options.from = "2023-11-14T22:13:24Z";
  const Ran strict = Run(options);
  EXPECT_THAT(strict.printed, HasSubstr("kept 2 of 4 records"));
  EXPECT_THAT(strict.warned, HasSubstr("000001.seg.open: not sealed"));
  EXPECT_THAT(strict.warned, HasSubstr("--recovery=tail"));

  options.recovery = RecoveryMode::kTail;
  const Ran tail = Run(options);
  ASSERT_TRUE(tail.result.ok()) << tail.result.status();
  EXPECT_THAT(tail.printed, HasSubstr("kept 2 of 6 records"));
  EXPECT_THAT(tail.printed, HasSubstr("left out 4 by time\n"));
  EXPECT_EQ(Read(out_).header.lineage().made_by(),
            "reel cut --from=2023-11-14T22:13:24Z --recovery=tail");
  options.from = "";
  options.to = "2023-11-14T22:13:22Z";
  options.busiest = "1s";
  const Ran busiest = Run(options);
  ASSERT_TRUE(busiest.result.ok()) << busiest.result.status();
  EXPECT_THAT(busiest.printed, HasSubstr("kept 1 of 6 records"));
  EXPECT_THAT(Read(out_).targets, ElementsAre("/cart/0"));
}

}  // namespace
}  // namespace shadowreel
