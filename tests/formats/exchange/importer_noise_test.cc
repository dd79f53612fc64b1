#include <gtest/gtest.h>

#include <random>

#include "formats/exchange/access_log_importer.h"
#include "formats/exchange/envoy_tap_importer.h"
#include "formats/exchange/har_importer.h"
#include "formats/segment/record_chunk_builder.h"
#include "formats/segment/segment_format.h"
#include "net/http/token.h"
#include "tests/formats/exchange/imports.h"

// Files that were damaged at random: importers end, in order, and give only requests that a segment
// and HTTP can hold.
namespace shadowreel {
namespace {

using namespace std::string_literals;  // for bytes with zeros

constexpr int kRounds = 3000;

std::string HarSample() {
  const std::string entry =
      R"({"startedDateTime":"2023-11-14T22:13:20.5+01:00","time":12.5,"request":{"method":"POST",)"
      R"("url":"https://u@shop:80/x?y=%20#z","httpVersion":"h2","headers":[{"name":":path",)"
      R"("value":"/x"},{"name":"Content-Length","value":"2"}],"bodySize":2,"postData":)"
      R"({"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a","value":"\u00e4"}]}},)"
      R"("response":{"status":200,"headers":[],"content":{"encoding":"base64","text":"AAEC"}}})";
  return R"({"log":{"creator":{},"entries":[)" + entry + "," + entry + "," + entry + R"(],"x":1}})";
}

std::string TapSample() {
  const std::string headers =
      "\x0a\x0e\x0a\x07:method\x12\x03GET\x0a\x0a\x0a\x05:path\x12\x01/\x0a\x14\x0a\x0e"
      "content-length\x12\x02"s
      "12";
  const auto bytes = [](int field, const std::string& text) {
    return static_cast<char>(field * 8 + 2) + std::string(1, static_cast<char>(text.size())) + text;
  };
  const std::string buffered = bytes(1, bytes(1, headers + bytes(2, "\x0a\x02hi\x18\x01"s)));
  const std::string segment = bytes(2, "\x08\x07" + bytes(2, headers));
  const std::string body = bytes(2, "\x08\x07" + bytes(3, "\x0a\x02hi"s));
  std::string text;
  for (const std::string& message : {buffered, segment, body, segment, buffered}) {
    text += static_cast<char>(message.size()) + message;
  }
  return text;
}

std::string LogSample() {
  return "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET /\\x41 HTTP/1.0\" 200 2326 \"-\" "
         "\"ua\"\n"
         "[2016-04-15T20:17:00.310Z] \"POST /p HTTP/2\" 204 - 154 0 226 100 \"10.0.35.28\" "
         "\"nsq2http\" \"cc21d9b0\" \"locations\" \"tcp://10.0.2.1:80\"\n"
         "{\"time\":1700000000.5,\"method\":\"GET\",\"path\":\"/"
         "a\",\"host\":\"h\",\"status\":200}\n";
}

std::string Damage(std::string text, std::mt19937_64& random) {
  const int changes = static_cast<int>(random() % 4) + 1;
  for (int i = 0; i < changes && !text.empty(); ++i) {
    const size_t at = random() % text.size();
    const size_t length = random() % 16 + 1;
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), length));
        break;
      default:
        text.insert(at, 1, "\"\\{}[],:\0\xff\x80\n"[random() % 12]);
    }
  }
  return text;
}

void ExpectSound(const Imported& imported) {
  for (const ImportedRequest& request : imported.requests) {
    const Record& record = request.record;
    EXPECT_TRUE(IsToken(record.method));
    EXPECT_FALSE(record.target.empty());
    EXPECT_EQ(record.target.find_first_of(" \r\n"s + '\0'), std::string::npos);
    EXPECT_LE(RecordHeadBound(record), kMaxRecordHead);
    EXPECT_GE(record.arrival, WallTime());
    for (const FieldView field : record.headers) {
      EXPECT_TRUE(IsToken(field.name));
      EXPECT_EQ(field.value.find_first_of("\r\n"s + '\0'), std::string::npos);
    }
  }
}

template <typename Make>
void Attack(const std::string& sample, Make make) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  ASSERT_FALSE(ImportText(sample, make).requests.empty());
  for (int round = 0; round < kRounds; ++round) {
    ExpectSound(ImportText(Damage(sample, random), make, random() % 100 + 1));
  }
}

TEST(ImporterNoiseTest, Har) {
  Attack(HarSample(), [](ImportInput input) { return HarImporter(std::move(input)); });
}

TEST(ImporterNoiseTest, EnvoyTap) {
  Attack(TapSample(), [](ImportInput input) {
    return EnvoyTapImporter(std::move(input), {.delimited = true, .keep_truncated = true});
  });
}

TEST(ImporterNoiseTest, AccessLog) {
  Attack(LogSample(), [](ImportInput input) { return AccessLogImporter(std::move(input), {}); });
}

}  // namespace
}  // namespace shadowreel
