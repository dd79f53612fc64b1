#include "formats/reel/verify.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/status.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

Ran RunVerify(const VerifyOptions& options) {
  return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
    return Verify(files, options, output, notices);
  });
}

TEST(VerifyTest, AWholeRecordingPasses) {
  const std::string directory = WriteRecording("whole", {SampleRecord(0), SampleRecord(1)});
  WriteSegment(directory, {SampleRecord(2)}, {.name = "000002", .first_number = 3, .sequence = 2});
  const Ran ran = RunVerify({{directory}, ""});
  EXPECT_EQ(*ran.result, ExitCode::kPass);
  ASSERT_EQ(Lines(ran.printed).size(), 1u) << ran.printed;
  EXPECT_TRUE(ran.printed.starts_with("2 segments whole (3 records, ")) << ran.printed;
}

TEST(VerifyTest, AFlippedByteIsFoundWhereverItStands) {
  const std::string directory = WriteRecording("flipped", {SampleRecord(0)});
  const std::string path = directory + "/000001.seg";
  for (size_t offset = 0; offset < FileSize(path); ++offset) {
    FlipByte(path, offset);
    const Ran ran = RunVerify({{directory}, ""});
    EXPECT_EQ(*ran.result, ExitCode::kFailed) << offset;
    ASSERT_EQ(Lines(ran.printed).size(), 2u) << offset << ran.printed;
    EXPECT_TRUE(ran.printed.starts_with("damaged: " + path)) << offset << ran.printed;
    FlipByte(path, offset);
  }
  EXPECT_EQ(*RunVerify({{directory}, ""}).result, ExitCode::kPass);
}

TEST(VerifyTest, TheOtherSegmentsAreStillRead) {
  const std::string directory = WriteRecording("half", {SampleRecord(0)});
  WriteSegment(directory, {SampleRecord(1)}, {.name = "000002", .first_number = 2, .sequence = 2});
  FlipByte(directory + "/000001.seg", 150);
  const Ran ran = RunVerify({{directory}, ""});
  EXPECT_EQ(*ran.result, ExitCode::kFailed);
  EXPECT_TRUE(Lines(ran.printed)[1].starts_with("1 segments whole (1 records, ")) << ran.printed;
}

TEST(VerifyTest, AnUnsealedSegmentIsDamage) {
  const std::string directory = NewDirectory("open");
  WriteSegment(directory, {SampleRecord(0)}, {.sealed = false});
  const Ran ran = RunVerify({{directory}, ""});
  EXPECT_EQ(*ran.result, ExitCode::kFailed);
  EXPECT_NE(ran.printed.find("000001.seg.open: segment is not sealed"), std::string::npos)
      << ran.printed;
}

TEST(VerifyTest, ACutOrForeignFileIsDamage) {
  const std::string directory = WriteRecording("cut", {SampleRecord(0)});
  const std::string path = directory + "/000001.seg";
  for (const size_t size : {FileSize(path) - 1, FileSize(path) / 2, size_t{9}, size_t{0}}) {
    std::filesystem::resize_file(path, size);
    EXPECT_EQ(*RunVerify({{path}, ""}).result, ExitCode::kFailed) << size;
  }
}

TEST(VerifyTest, RecordNumbersMustBeUniqueInARecording) {
  const std::string directory = WriteRecording("copied", {SampleRecord(0), SampleRecord(1)});
  WriteSegment(directory, {SampleRecord(2)}, {.name = "000002", .first_number = 2, .sequence = 2});
  const Ran ran = RunVerify({{directory}, ""});
  EXPECT_EQ(*ran.result, ExitCode::kFailed);
  EXPECT_NE(ran.printed.find("000002.seg: 1 record numbers stand in their recording twice, the "
                             "first is 2;"),
            std::string::npos)
      << ran.printed;
}

TEST(VerifyTest, AnotherRecordingMayHaveTheSameNumbers) {
  const std::string directory = WriteRecording("one", {SampleRecord(0)});
  WriteSegment(directory, {SampleRecord(0)}, {.name = "000002", .recording = std::string(16, 'S')});
  EXPECT_EQ(*RunVerify({{directory}, ""}).result, ExitCode::kPass);
}

TEST(VerifyTest, ASegmentNamedTwiceIsReadOnce) {
  const std::string directory = WriteRecording("twice", {SampleRecord(0)});
  const Ran ran = RunVerify({{directory, directory + "/000001.seg"}, ""});
  EXPECT_EQ(*ran.result, ExitCode::kPass) << ran.printed;
}

TEST(VerifyTest, WhatIsNotThereIsUnusable) {
  const std::string empty = NewDirectory("empty");
  for (const std::string& path : {empty, empty + "/missing"}) {
    const Ran ran = RunVerify({{path}, ""});
    ASSERT_FALSE(ran.result.ok());
    EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUnusable);
    EXPECT_EQ(ran.printed, "");
  }
}

TEST(VerifyTest, SecretsAreFoundAndNeverPrinted) {
  Record record = SampleRecord(0);
  record.headers.Add("Cookie", "sid=hunter2");
  const std::string directory = WriteRecording("secret", {SampleRecord(1), record});
  const std::string secrets = NewDirectory("secrets") + "/secrets.txt";
  WriteText(secrets, "another\nhunter2\n");
  const Ran ran = RunVerify({{directory}, secrets});
  EXPECT_EQ(*ran.result, ExitCode::kFailed);
  EXPECT_EQ(Lines(ran.printed)[0],
            "secret: " + directory +
                "/000001.seg: record 2: the secret of line 2 stands in value of header 4 (Cookie)");
  EXPECT_EQ(ran.printed.find("hunter2"), std::string::npos);

  WriteText(secrets, "another\n");
  const Ran clean = RunVerify({{directory}, secrets});
  EXPECT_EQ(*clean.result, ExitCode::kPass);
  EXPECT_NE(clean.printed.find("0 findings of secrets"), std::string::npos) << clean.printed;
}

TEST(VerifyTest, SecretsInContinuedBodiesAreFound) {
  Record record = SampleRecord(0);
  record.body = std::string((size_t{1} << 20) - 3, 'x') + "hunter2" + std::string(1 << 20, 'x');
  record.wire_body_bytes = record.body.size();
  const std::string directory = WriteRecording("long", {record});
  const std::string secrets = NewDirectory("secrets") + "/secrets.txt";
  WriteText(secrets, "hunter2\n");
  const Ran ran = RunVerify({{directory}, secrets});
  EXPECT_EQ(*ran.result, ExitCode::kFailed);
  EXPECT_NE(ran.printed.find("record 1: the secret of line 1 stands in body"), std::string::npos);
}

TEST(VerifyTest, ManyFindingsAreCountedAndTheFirstShown) {
  std::vector<Record> records;
  for (int i = 0; i < 30; ++i) records.push_back(SampleRecord(i));
  const std::string directory = WriteRecording("many", records);
  const std::string secrets = NewDirectory("secrets") + "/secrets.txt";
  WriteText(secrets, "hello\n");
  const std::vector<std::string> lines = Lines(RunVerify({{directory}, secrets}).printed);
  ASSERT_EQ(lines.size(), 22u);
  EXPECT_EQ(lines[20], "secret: 10 more findings");
}

}  // namespace
}  // namespace shadowreel
