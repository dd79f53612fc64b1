#include "formats/reel/record_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

using std::string_literals::operator""s;
using Json = nlohmann::ordered_json;

Record OddRecord() {
  Record record = SampleRecord(0);
  record.recording.fill(0xab);
  record.number = 12;
  record.target = "/caf\xe9";
  record.headers.Add("X-Bin", "\xff\x01");
  record.headers.Add("x-bin", "");
  record.body = "a\0\xff"s;
  record.trailers.Add("Sum", "1");
  record.complete = false;
  record.truncated = true;
  record.wire_body_bytes = 900;
  record.weight = 2.5;
  record.stream = 3;
  return record;
}

TEST(RecordTextTest, AJsonLineHoldsTheWholeRecord) {
  const std::string line = RenderJsonLine(OddRecord());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const Json expected = {
      {"schema_version", 1},
      {"recording", "abababababababababababababababab"},
      {"number", 12},
      {"arrival_nanos", 1'700'000'000'000'000'000},
      {"completed_nanos", 1'700'000'000'003'000'000},
      {"method", "POST"},
      {"target", {{"base64", "L2NhZuk="}}},
      {"version", "HTTP/1.1"},
      {"authority", "shop-shadow:8080"},
      {"stripped_authority", "shop:8080"},
      {"headers",
       Json::array({Json::array({"Host", "shop-shadow:8080"}), Json::array({"Accept", "*/*"}),
                    Json::array({"Content-Length", "5"}),
                    Json::array({"X-Bin", Json{{"base64", "/wE="}}}), Json::array({"x-bin", ""})})},
      {"framing", "content-length"},
      {"body", {{"base64", "YQD/"}}},
      {"trailers", Json::array({Json::array({"Sum", "1"})})},
      {"complete", false},
      {"truncated", true},
      {"wire_body_bytes", 900},
      {"connection", 7},
      {"stream", 3},
      {"peer", "192.0.2.1:4711"},
      {"weight", 2.5}};
  EXPECT_EQ(Json::parse(line).dump(1), expected.dump(1));
}

TEST(RecordTextTest, VersionsAndFramingsHaveFixedNames) {
  Record record = SampleRecord(0);
  record.version = HttpVersion::kHttp10;
  record.framing = Framing::kNone;
  EXPECT_EQ(Json::parse(RenderJsonLine(record))["version"], "HTTP/1.0");
  EXPECT_EQ(Json::parse(RenderJsonLine(record))["framing"], "none");
  record.version = HttpVersion::kHttp2;
  record.framing = Framing::kChunked;
  EXPECT_EQ(Json::parse(RenderJsonLine(record))["version"], "HTTP/2");
  EXPECT_EQ(Json::parse(RenderJsonLine(record))["framing"], "chunked");
  EXPECT_EQ(Json::parse(RenderJsonLine(record))["trailers"], Json::array());
}

TEST(RecordTextTest, TextLooksLikeTheRequest) {
  Record record = SampleRecord(0);
  record.number = 1;
  record.body = "one\ntwo\n\nfour";
  record.trailers.Add("Sum", "1");
  EXPECT_EQ(RenderText(record),
            "--- record 1  2023-11-14T22:13:20.000Z  from 192.0.2.1:4711\n"
            "POST /cart/0?item=1 HTTP/1.1\n"
            "Host: shop-shadow:8080\n"
            "Accept: */*\n"
            "Content-Length: 5\n"
            "\n"
            "| one\n"
            "| two\n"
            "| \n"
            "| four\n"
            "\n"
            "trailers:\n"
            "Sum: 1\n"
            "\n");
}

TEST(RecordTextTest, TextHoldsNoControlByteAndNoForgedSeparator) {
  Record record = OddRecord();
  record.method = "--- record 9";
  record.target = "/\x1b[2J";
  record.headers.Add("A\nB", "x\n--- record 9");
  record.headers.Add("--- record 9", "x");
  record.body = "\x1b]0;title\x07\n--- record 9\r\n";
  const std::string text = RenderText(record);
  size_t separators = 0;
  for (const std::string& line : Lines(text)) {
    separators += line.starts_with("---") ? 1 : 0;
    for (const char c : line) EXPECT_GE(static_cast<uint8_t>(c), 0x20) << line;
  }
  EXPECT_EQ(separators, 1u);
  EXPECT_TRUE(Lines(text)[0].ends_with("  incomplete  truncated: 25 of 900 body bytes")) << text;
}

}  // namespace
}  // namespace shadowreel
