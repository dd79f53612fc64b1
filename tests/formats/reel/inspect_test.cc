#include "formats/reel/inspect.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "formats/segment/segment_writer.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

using Json = nlohmann::ordered_json;

Ran RunInspect(const InspectOptions& options) {
  return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
    return Inspect(files, options, output, notices);
  });
}

Json InspectJson(const std::vector<std::string>& paths) {
  return Json::parse(RunInspect({paths, true, false}).printed);
}

Record Get(double seconds, const std::string& target) {
  Record record = SampleRecord(0);
  record.arrival = At(seconds);
  record.completed = record.arrival;
  record.method = "GET";
  record.target = target;
  record.headers.Clear();
  record.framing = Framing::kNone;
  record.body.clear();
  record.wire_body_bytes = 0;
  return record;
}

// Two segments of one recording and one of another; 2023-11-14T22:13:20Z is At(0).
class InspectTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = NewDirectory("recording");
    Record cut = SampleRecord(0);
    cut.complete = false;
    cut.truncated = true;
    cut.wire_body_bytes = 100;
    cut.redactions = {{RedactionPlace::kHeader, RedactionClass::kCredential, 1, 0, 3},
                      {RedactionPlace::kHeader, RedactionClass::kCredential, 2, 0, 1},
                      {RedactionPlace::kTarget, RedactionClass::kQuery, 0, 1, 2}};
    SegmentContent first{.key_id = "key-1"};
    first.ledger.set_received(3);
    WriteSegment(directory_, {cut, Get(40.2, "/get?a=1")}, first);
    SegmentContent second{.name = "000002", .first_number = 3, .sequence = 2};
    second.ledger.set_received(9);
    second.ledger.set_shed(4);
    second.ledger.set_written(5);
    WriteSegment(directory_,
                 {Get(40.9, "/get"), Get(41.0, "http://shop/get?x"), Get(100, "http://shop")},
                 second);
  }

  std::string directory_;
};

TEST_F(InspectTest, JsonTellsWhatTheTraceHolds) {
  const Json json = InspectJson({directory_});
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["paths"], Json::array({directory_}));
  EXPECT_EQ(json["recordings"], 1);
  EXPECT_EQ(json["segments"], 2);
  EXPECT_EQ(json["records"], 5);
  EXPECT_EQ(json["first_arrival_nanos"], 1'700'000'000'000'000'000);
  EXPECT_EQ(json["last_arrival_nanos"], 1'700'000'100'000'000'000);
  EXPECT_EQ(json["duration_nanos"], 100'000'000'000);
  EXPECT_DOUBLE_EQ(json["mean_rate"].get<double>(), 0.05);
  EXPECT_EQ(json["busiest_second"].dump(), R"({"begin_nanos":1700000040000000000,"records":2})");
  EXPECT_EQ(json["busiest_minute"].dump(), R"({"begin_nanos":1700000040000000000,"records":3})");
  EXPECT_EQ(json["methods"]["top"].dump(),
            R"([{"name":"GET","records":4},{"name":"POST","records":1}])");
  EXPECT_EQ(json["authorities"]["top"].dump(), R"([{"name":"shop:8080","records":5}])");
  EXPECT_EQ(json["endpoints"].dump(),
            R"({"distinct":3,"more_than_distinct":false,"top":[{"name":"GET /get","records":3},)"
            R"({"name":"GET /","records":1},{"name":"POST /cart/0","records":1}],)"
            R"("other_records":0})");
  EXPECT_EQ(json["body_bytes"], 5);
  EXPECT_EQ(json["stored_bytes"],
            FileSize(directory_ + "/000001.seg") + FileSize(directory_ + "/000002.seg"));
  EXPECT_EQ(json["incomplete"], 1);
  EXPECT_EQ(json["truncated"], 1);
  EXPECT_EQ(json["weight"].dump(), R"({"min":1.0,"max":1.0,"total":5.0})");
}

TEST_F(InspectTest, RatesAreGivenOverTime) {
  const Json json = InspectJson({directory_});
  EXPECT_EQ(json["busiest_hour"].dump(), R"({"begin_nanos":1699999200000000000,"records":5})");
  // 100 s do not fit into 64 periods of a second.
  EXPECT_EQ(json["rates"]["begin_nanos"], 1'700'000'000'000'000'000);
  EXPECT_EQ(json["rates"]["period_nanos"], 2'000'000'000);
  std::vector<uint64_t> records(51);
  records[0] = records[50] = 1;
  records[20] = 3;
  EXPECT_EQ(json["rates"]["records"], records);
  const std::string gap(19, ' ');
  const std::string wide(29, ' ');
  EXPECT_NE(RunInspect({{directory_}, false, false})
                .printed.find("rate over time  -" + gap + "@" + wide + "-\n" +
                              std::string(16, ' ') + "each 2.00 s: 0.00/s to 1.50/s\n"),
            std::string::npos);
  EXPECT_NE(RunInspect({{directory_}, false, true}).printed.find("\u2583" + gap + "\u2588"),
            std::string::npos);
}

TEST_F(InspectTest, SizesAreGivenAsPercentiles) {
  const Json json = InspectJson({directory_});
  EXPECT_EQ(json["body_sizes"].dump(), R"({"p50":0,"p90":5,"p99":5,"max":5})");
  EXPECT_EQ(json["request_sizes"]["p50"], 28);  // "GET http://shop HTTP/1.1" and two ends of line
  EXPECT_NE(RunInspect({{directory_}, false, false})
                .printed.find("body sizes      p50 0 B, p90 5 B, p99 5 B, max 5 B\n"),
            std::string::npos);
}

TEST_F(InspectTest, LineageResponsesAndSeveralKeysAreShown) {
  PosixFileSystem files;
  const SystemClock clock;
  trace::SegmentHeader header;
  header.set_redaction_key_id("k1,k2");
  header.mutable_lineage()->set_made_by("reel cut --percent=5");
  header.mutable_lineage()->add_parent_recording_uuids(std::string(16, 'R'));
  const std::string directory = NewDirectory("derived");
  auto writer = SegmentWriter::Create(files, clock, directory, "s", header);
  ASSERT_TRUE((*writer)->Append(SampleRecord(0)).ok());
  ASSERT_EQ((*writer)->AppendResponse(0, {}), absl::OkStatus());
  ASSERT_EQ((*writer)->Seal(), absl::OkStatus());
  const Json json = InspectJson({directory});
  EXPECT_EQ(json["responses"], 1);
  EXPECT_EQ(json["redaction"]["key_ids"], Json::parse(R"(["k1","k2"])"));
  EXPECT_EQ(json["lineage"][0]["made_by"], "reel cut --percent=5");
  EXPECT_EQ(json["lineage"][0]["parents"][0], "52525252525252525252525252525252");
  EXPECT_TRUE(json["ledgers"].empty());
  const std::string text = RunInspect({{directory}, false, false}).printed;
  EXPECT_NE(text.find("responses       1\n"), std::string::npos);
  EXPECT_NE(text.find("made by         reel cut --percent=5\n"), std::string::npos);
}

TEST_F(InspectTest, RedactionsAreCountedByPlaceAndClass) {
  EXPECT_EQ(InspectJson({directory_})["redaction"].dump(),
            R"({"modes":["credentials"],"key_ids":["key-1"],"counts":[)"
            R"({"place":"target","class":"query","count":1},)"
            R"({"place":"header","class":"credential","count":2}]})");
}

TEST_F(InspectTest, TheNewestLedgerOfEachRecordingIsShown) {
  const std::string other = NewDirectory("other");
  SegmentContent content{.recording = std::string(16, 'S')};
  content.ledger.set_received(1);
  WriteSegment(other, {SampleRecord(7)}, content);
  const Json json = InspectJson({directory_, other});
  ASSERT_EQ(json["ledgers"].size(), 2u);
  EXPECT_EQ(json["recordings"], 2);
  EXPECT_EQ(json["ledgers"][0]["recording"], "52525252525252525252525252525252");
  EXPECT_EQ(json["ledgers"][0]["segment"], directory_ + "/000002.seg");
  EXPECT_EQ(json["ledgers"][0]["received"], 9);
  EXPECT_EQ(json["ledgers"][0]["shed"], 4);
  EXPECT_EQ(json["ledgers"][0]["written"], 5);
  EXPECT_EQ(json["ledgers"][1]["received"], 1);
}

TEST_F(InspectTest, TheTableSaysTheSame) {
  const std::string text = RunInspect({{directory_}, false, false}).printed;
  for (const char* line : {
           "records         5\n",
           "span            2023-11-14T22:13:20.000Z to 2023-11-14T22:15:00.000Z, 100.00 s\n",
           "mean rate       0.05/s\n",
           "busiest second  2 records at 2023-11-14T22:14:00.000Z\n",
           "methods         GET 4, POST 1\n",
           "incomplete      1\n",
           "redaction       credentials\n",
           "redaction key   key-1\n",
           "           2  credential in header\n",
           "ledger          received 9 = refused 0 + after_end 0 + sampled_out 0 + shed 4 + "
           "written 5\n",
           "endpoints       3 distinct\n           3  GET /get\n",
       }) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nis not in\n" << text;
  }
  EXPECT_EQ(text.find("weights"), std::string::npos) << text;
}

TEST_F(InspectTest, WeightsAreShownWhenTheyAreNotOne) {
  Record record = SampleRecord(0);
  record.weight = 4;
  const std::string directory = WriteRecording("weighted", {record, SampleRecord(1)});
  const std::string text = RunInspect({{directory}, false, false}).printed;
  EXPECT_NE(text.find("weights         1 to 4: the records stand for 5 requests\n"),
            std::string::npos)
      << text;
}

TEST_F(InspectTest, ARecordingWithoutRecordsHasNoTimes) {
  const std::string directory = WriteRecording("none", {});
  const Json json = InspectJson({directory});
  EXPECT_EQ(json["records"], 0);
  EXPECT_TRUE(json["first_arrival_nanos"].is_null());
  EXPECT_TRUE(json["mean_rate"].is_null());
  EXPECT_TRUE(json["busiest_second"].is_null());
  EXPECT_EQ(RunInspect({{directory}, false, false}).printed.find("span"), std::string::npos);
}

TEST_F(InspectTest, HostileNamesStayHarmless) {
  Record record = SampleRecord(0);
  record.target = "/\x1b[2J\xff";
  const std::string directory = WriteRecording("hostile", {record});
  for (const bool as_json : {false, true}) {
    const std::string text = RunInspect({{directory}, as_json, false}).printed;
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\xff'), std::string::npos);
  }
}

}  // namespace
}  // namespace shadowreel
