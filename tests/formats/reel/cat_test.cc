#include "formats/reel/cat.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/status.h"
#include "formats/reel/record_text.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

using nlohmann::json;

Ran RunCat(const CatOptions& options) {
  return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
    return Cat(files, options, output, notices);
  });
}

TEST(CatTest, RecordsComeInOrderOfArrivalWhereverTheyLie) {
  const std::string first = NewDirectory("first");
  const std::string second = NewDirectory("second");
  WriteSegment(first, {SampleRecord(3), SampleRecord(0)});
  WriteSegment(first, {SampleRecord(5)}, {.name = "000002", .first_number = 3, .sequence = 2});
  WriteSegment(second, {SampleRecord(1), SampleRecord(4)}, {.recording = std::string(16, 'S')});
  const Ran ran = RunCat({{first, second}, CatFormat::kJsonLines, 0});
  ASSERT_TRUE(ran.result.ok());
  std::vector<std::string> seen;
  for (const std::string& line : Lines(ran.printed)) {
    const json record = json::parse(line);
    seen.push_back(std::to_string(record["number"].get<int>()) + " " +
                   record["target"].get<std::string>());
  }
  EXPECT_EQ(seen,
            (std::vector<std::string>{"2 /cart/0?item=1", "1 /cart/1?item=1", "1 /cart/3?item=1",
                                      "2 /cart/4?item=1", "3 /cart/5?item=1"}));
}

TEST(CatTest, WhatWasWrittenIsWhatIsPrinted) {
  std::vector<Record> records;
  for (int i = 0; i < 256; ++i) {
    Record record = SampleRecord(i);
    const auto byte = static_cast<char>(i);
    record.target = std::string("/") + byte;
    record.headers.Add("X-Odd", std::string(1, byte));
    record.body = std::string(3, byte);
    record.wire_body_bytes = 3;
    records.push_back(std::move(record));
  }
  Record large = SampleRecord(256);  // its body lies in chunks of its own
  large.body.assign(5'000'000, '\xfe');
  large.wire_body_bytes = large.body.size();
  records.push_back(large);
  const std::string directory = WriteRecording("odd", records);

  std::string expected;
  for (size_t i = 0; i < records.size(); ++i) {
    records[i].number = i + 1;
    records[i].recording.fill('R');
    expected += RenderJsonLine(records[i]);
  }
  const Ran ran = RunCat({{directory}, CatFormat::kJsonLines, 0});
  EXPECT_TRUE(ran.printed == expected);
}

TEST(CatTest, FirstEndsItEarly) {
  const std::string directory =
      WriteRecording("three", {SampleRecord(0), SampleRecord(1), SampleRecord(2)});
  EXPECT_EQ(Lines(RunCat({{directory}, CatFormat::kJsonLines, 2}).printed).size(), 2u);
  EXPECT_EQ(Lines(RunCat({{directory}, CatFormat::kJsonLines, 9}).printed).size(), 3u);
}

TEST(CatTest, UnsealedSegmentsAreLeftOutWithAWarning) {
  const std::string directory = WriteRecording("live", {SampleRecord(0)});
  WriteSegment(directory, {SampleRecord(1)},
               {.name = "000002", .first_number = 2, .sequence = 2, .sealed = false});
  const Ran ran = RunCat({{directory}, CatFormat::kJsonLines, 0});
  EXPECT_EQ(Lines(ran.printed).size(), 1u);
  EXPECT_NE(ran.warned.find("000002.seg.open: not sealed"), std::string::npos) << ran.warned;
}

TEST(CatTest, ARecordingWithoutRecordsPrintsNothing) {
  const Ran ran = RunCat({{WriteRecording("none", {})}, CatFormat::kText, 0});
  EXPECT_TRUE(ran.result.ok());
  EXPECT_EQ(ran.printed, "");
}

TEST(CatTest, WhatIsNoRecordingIsUnusable) {
  const std::string empty = NewDirectory("empty");
  const std::string garbage = NewDirectory("garbage") + "/x.seg";
  WriteText(garbage, "GET / HTTP/1.1\r\n\r\n");
  for (const std::string& path : {empty, garbage, empty + "/missing"}) {
    const Ran ran = RunCat({{path}, CatFormat::kText, 0});
    ASSERT_FALSE(ran.result.ok());
    EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUnusable);
    EXPECT_NE(Message(ran.result.status()).find(path), std::string::npos);
  }
}

TEST(CatTest, FormatsAreTextAndJsonLines) {
  EXPECT_EQ(*ParseCatFormat("text"), CatFormat::kText);
  EXPECT_EQ(*ParseCatFormat("jsonl"), CatFormat::kJsonLines);
  EXPECT_EQ(ExitCodeFor(ParseCatFormat("json").status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace shadowreel
