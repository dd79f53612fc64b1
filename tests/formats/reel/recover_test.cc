#include "formats/reel/recover.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/posix_file_system.h"
#include "base/status.h"
#include "formats/reel/inspect.h"
#include "formats/reel/verify.h"
#include "formats/segment/directory_lock.h"
#include "formats/segment/segment_reader.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

using nlohmann::json;

Ran RunRecover(const std::vector<std::string>& paths, bool as_json = false) {
  const SystemClock clock;
  return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
    return Recover(files, clock, {paths, as_json}, output, notices);
  });
}

uint64_t RecordChunkOffset(const std::string& path) {
  PosixFileSystem files;
  return SegmentReader::Open(files, path).value()->record_chunks().front().offset;
}

class RecoverTest : public ::testing::Test {
 protected:
  // An unsealed segment of records 3 and 4 after a sealed one of 1 and 2.
  RecoverTest() {
    sealed_ = WriteSegment(directory_, {SampleRecord(0), SampleRecord(1)});
    open_ = WriteSegment(directory_, {SampleRecord(2), SampleRecord(3)},
                         {.name = "000002", .first_number = 3, .sequence = 2, .sealed = false});
  }

  const std::string directory_ = NewDirectory("recording");
  std::string sealed_;
  std::string open_;
};

TEST_F(RecoverTest, TornTailsAloneExit0) {
  std::filesystem::resize_file(open_, FileSize(open_) - 10);
  const Ran ran = RunRecover({directory_});
  ASSERT_TRUE(ran.result.ok()) << ran.result.status();
  EXPECT_EQ(*ran.result, ExitCode::kPass);
  const std::vector<std::string> lines = Lines(ran.printed);
  ASSERT_EQ(lines.size(), 3u) << ran.printed;
  EXPECT_EQ(lines[0], sealed_ + ": sound, 2 records");
  EXPECT_EQ(lines[1], directory_ + "/000002.seg: recovered, 0 records");
  EXPECT_TRUE(lines[2].starts_with("  lost: torn tail of ")) << lines[2];
  EXPECT_FALSE(std::filesystem::exists(open_));
}

TEST_F(RecoverTest, LossesInTheMiddleExit1WithRangesAndOffsets) {
  const uint64_t offset = RecordChunkOffset(sealed_);
  FlipByte(sealed_, offset);
  const Ran ran = RunRecover({sealed_});
  ASSERT_TRUE(ran.result.ok()) << ran.result.status();
  EXPECT_EQ(*ran.result, ExitCode::kFailed);
  EXPECT_NE(ran.printed.find("records 1-2 (2 in all)"), std::string::npos) << ran.printed;
  EXPECT_NE(ran.printed.find(fmt::format("damaged: offsets {} to ", offset)), std::string::npos);
  EXPECT_NE(ran.printed.find("the original is " + sealed_ + ".damaged"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(open_));  // was not named
}

TEST_F(RecoverTest, ASegmentIsFoundHoweverItsPathIsWritten) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(directory_);
  for (const std::string& path :
       {std::string("000001.seg"), std::string("./000001.seg"), directory_ + "//000001.seg"}) {
    const Ran ran = RunRecover({path});
    ASSERT_TRUE(ran.result.ok()) << ran.result.status();
    EXPECT_EQ(Lines(ran.printed).size(), 1u) << ran.printed;
    EXPECT_NE(ran.printed.find("000001.seg: sound, 2 records"), std::string::npos) << ran.printed;
  }
  std::filesystem::current_path(before);
}

TEST_F(RecoverTest, AFileOfWhichNothingCanBeReadExits6AndTheOthersAreRecovered) {
  WriteText(directory_ + "/000003.seg.open", "");
  const Ran ran = RunRecover({directory_});
  ASSERT_TRUE(ran.result.ok());
  EXPECT_EQ(*ran.result, ExitCode::kUnusable);
  EXPECT_NE(ran.printed.find("000003.seg.open: not recovered: "), std::string::npos);
  EXPECT_NE(ran.printed.find("000002.seg: recovered, 2 records"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(directory_ + "/000003.seg.open"));
}

TEST_F(RecoverTest, JsonSaysTheSame) {
  FlipByte(sealed_, RecordChunkOffset(sealed_));
  const json document = json::parse(RunRecover({directory_}, true).printed);
  EXPECT_EQ(document["schema_version"], 1);
  ASSERT_EQ(document["segments"].size(), 2u);
  const json& first = document["segments"][0];
  EXPECT_EQ(first["state"], "recovered");
  EXPECT_EQ(first["records"], 0);
  EXPECT_EQ(first["lost"], json::parse(R"([{"first": 1, "last": 2}])"));
  EXPECT_EQ(first["lost_in_middle"], true);
  EXPECT_EQ(document["segments"][1]["was_sealed"], false);
}

TEST_F(RecoverTest, VerifyAndInspectSayWhatWasLost) {
  FlipByte(sealed_, RecordChunkOffset(sealed_));
  ASSERT_TRUE(RunRecover({directory_}).result.ok());
  const Ran verified = RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
    return Verify(files, {{directory_}, ""}, output, notices);
  });
  ASSERT_TRUE(verified.result.ok()) << verified.result.status();
  EXPECT_EQ(*verified.result, ExitCode::kPass);
  const std::vector<std::string> lines = Lines(verified.printed);
  ASSERT_EQ(lines.size(), 3u) << verified.printed;
  EXPECT_TRUE(lines[0].starts_with("recovered: " + sealed_ + ": lost ")) << lines[0];
  EXPECT_TRUE(lines[0].ends_with("records 1-2 (2 in all); the original was kept as *.damaged"))
      << lines[0];
  EXPECT_EQ(lines[1], "recovered: " + directory_ + "/000002.seg: nothing was lost");

  const auto inspect = [&](bool as_json) {
    return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
             return Inspect(files, {{directory_}, as_json}, output, notices);
           })
        .printed;
  };
  EXPECT_NE(inspect(false).find("records 1-2 (2 in all)\n"), std::string::npos) << inspect(false);
  const json recoveries = json::parse(inspect(true))["recoveries"];
  ASSERT_EQ(recoveries.size(), 2u) << recoveries;
  EXPECT_EQ(recoveries[0]["segment"], sealed_);
  EXPECT_EQ(recoveries[0]["lost_records"], 2);
  EXPECT_EQ(recoveries[1]["lost_records"], 0);
}

TEST_F(RecoverTest, ADirectoryThatARecorderHoldsIsRefused) {
  const auto lock = DirectoryLock::Take(directory_);
  ASSERT_TRUE(lock.ok());
  for (const std::string& path : {directory_, open_}) {
    const Ran ran = RunRecover({path});
    EXPECT_TRUE(absl::IsUnavailable(ran.result.status()));
    EXPECT_EQ(Message(ran.result.status()),
              directory_ + ": a recorder is writing there; stop it first");
  }
  EXPECT_TRUE(std::filesystem::exists(open_));
}

TEST_F(RecoverTest, PathsThatHoldNoSegmentAreRefused) {
  EXPECT_TRUE(absl::IsUnavailable(RunRecover({NewDirectory("empty")}).result.status()));
  EXPECT_TRUE(absl::IsUnavailable(RunRecover({directory_ + "/none"}).result.status()));
  WriteText(directory_ + "/notes.txt", "x");
  EXPECT_TRUE(absl::IsUnavailable(RunRecover({directory_ + "/notes.txt"}).result.status()));
}

}  // namespace
}  // namespace shadowreel
