#include "formats/exchange/vegeta.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/formats/exchange/hostile_records.h"
#include "tests/formats/exchange/imports.h"

namespace shadowreel {
namespace {

using Texts = std::vector<std::string>;

Imported ImportVegeta(const std::string& text) { return ImportText(text, MakeVegetaImporter); }

Record ImportOne(const std::string& line) {
  const Imported imported = ImportVegeta(line);
  EXPECT_EQ(Told(imported.tally.entries()), Texts()) << line;
  return imported.requests.empty() ? Record() : imported.requests[0].record;
}

std::string Export(const std::vector<Record>& records, Tally* tally) {
  std::string text;
  const auto exporter = MakeVegetaExporter(tally);
  for (const Record& record : records) exporter->Write(record, nullptr, &text);
  return text;
}

TEST(VegetaImportTest, ATargetIsARequest) {
  const Record record = ImportOne(
      R"({"method":"POST","url":"http://shop-shadow:80/a?b#c","header":{"B":["2","1"],"a":[""]},)"
      R"("body":"aGVsbG8="})");
  EXPECT_EQ(record.method, "POST");
  EXPECT_EQ(record.target, "/a?b");
  EXPECT_EQ(record.version, HttpVersion::kHttp11);
  EXPECT_EQ(record.authority, "shop-shadow:80");
  EXPECT_EQ(record.stripped_authority, "shop:80");
  ASSERT_EQ(record.headers.size(), 5u);
  EXPECT_EQ(record.headers[0], (FieldView{"Host", "shop-shadow:80"}));
  EXPECT_EQ(record.headers[1], (FieldView{"B", "2"}));
  EXPECT_EQ(record.headers[2], (FieldView{"B", "1"}));
  EXPECT_EQ(record.headers[3], (FieldView{"a", ""}));
  EXPECT_EQ(record.headers[4], (FieldView{"Content-Length", "5"}));
  EXPECT_EQ(record.framing, Framing::kContentLength);
  EXPECT_EQ(record.body, "hello");
  EXPECT_EQ(record.wire_body_bytes, 5u);
}

TEST(VegetaImportTest, OtherKeysAndNullsAreIgnored) {
  const Record record =
      ImportOne(R"({"x":{"method":["PUT",{"url":1}]},"y":[[[]]],"method":"GET","url":"http://a",)"
                R"("header":null,"body":null,"z":1.5e300})");
  EXPECT_EQ(record.method, "GET");
  EXPECT_EQ(record.target, "/");
  EXPECT_EQ(record.framing, Framing::kNone);
}

TEST(VegetaImportTest, ArrivalsAreEvenlySpaced) {
  const std::string line = R"({"method":"GET","url":"http://a/"})";
  const Imported imported = ImportVegeta(line + "\n\n bad\n" + line + "\r\n" + line);
  ASSERT_EQ(imported.requests.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(imported.requests[i].record.arrival.time_since_epoch(),
              std::chrono::seconds(1'700'000'000) + std::chrono::milliseconds(10 * i));
  }
  EXPECT_EQ(Told(imported.tally.entries()),
            Texts{"1 x line that is no JSON object (file: line 3)"});
}

TEST(VegetaImportTest, WhatIsMalformedIsNamedWithItsPlaceAndTheRestGoesOn) {
  const std::string good = R"({"method":"GET","url":"http://a/"})";
  const auto with = [](const std::string& rest) {
    return R"({"method":"GET","url":"http://a/",)" + rest + "}";
  };
  std::string many = R"("header":{"A":[""])";
  for (int i = 0; i < 1001; ++i) many += R"(,"B":["1"])";
  const Texts malformed = {"{",
                           "[]",
                           "\"text\"",
                           "1",
                           "null",
                           "{}",
                           good + good,
                           "\xFF",
                           std::string(100'000, '['),
                           R"({"method":"GET"})",
                           R"({"url":"http://a/"})",
                           R"({"method":"","url":"http://a/"})",
                           R"({"method":1,"url":"http://a/"})",
                           R"({"method":["GET"],"url":"http://a/"})",
                           R"({"method":"G T","url":"http://a/"})",
                           R"({"method":"GET","url":"/path"})",
                           R"({"method":"GET","url":"http://user:pw@a/"})",
                           R"({"method":"GET","url":"http://a/\r\n"})",
                           with(R"("body":"a")"),
                           with(R"("body":{})"),
                           with(R"("header":[])"),
                           with(R"("header":"A")"),
                           with(R"("header":{"A":"1"})"),
                           with(R"("header":{"A":[1]})"),
                           with(R"("header":{"A":[["1"]]})"),
                           with(R"("header":{"A":{"B":["1"]}})"),
                           with(R"("header":{"A":["1\r\nX: y"]})"),
                           with(R"("header":{"A: b":["1"]})"),
                           with(R"("header":{"Content-Length":["3"]})"),
                           with(R"("header":{"Content-Length":["0","0"]})"),
                           with(R"("header":{"Transfer-Encoding":["gzip"]})"),
                           with(R"("header":{"Host":["a","b"]})"),
                           with(many + "}")};
  for (const std::string& bad : malformed) {
    const Imported imported = ImportVegeta(good + "\n" + bad + "\n" + good);
    EXPECT_EQ(imported.requests.size(), 2u) << bad;
    const Texts told = Told(imported.tally.entries());
    ASSERT_EQ(told.size(), 1u) << bad;
    EXPECT_TRUE(told[0].starts_with("1 x ")) << bad << told[0];
    EXPECT_TRUE(told[0].ends_with("(file: line 2)")) << bad << told[0];
  }
}

TEST(VegetaImportTest, ABrokenSourceEndsIt) {
  const Imported imported =
      ImportFrom(std::make_unique<TextSource>("{\"method\":\"GET\",\"url\":\"http://a/\"}\n{\"met",
                                              10, DamageError("gzip is damaged")),
                 MakeVegetaImporter);
  EXPECT_EQ(imported.requests.size(), 1u);
  EXPECT_EQ(imported.error, "gzip is damaged");
}

TEST(VegetaRoundTripTest, WhatTheFormatHoldsComesBack) {
  const std::vector<Record> records = PlainRecords();
  Tally tally;
  const Imported imported = ImportVegeta(Export(records, &tally));
  EXPECT_EQ(Told(tally.entries()), Texts());
  EXPECT_EQ(Told(tally.changes()), Texts());
  EXPECT_EQ(Told(imported.tally.entries()), Texts());
  ASSERT_EQ(imported.requests.size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(DifferencesOf(records[i], imported.requests[i].record), Texts()) << i;
    EXPECT_EQ(records[i].authority, imported.requests[i].record.authority) << i;
  }
}

// Each loss is named, and what is named is what differs.
TEST(VegetaRoundTripTest, WhatItCannotHoldIsNamed) {
  std::vector<Record> records = {
      MakeRecord("GET", "/", {{"Host", "a"}, {"A", "1"}, {"B", "2"}, {"A", "3"}}),
      MakeRecord("GET", "/", {{"Host", "a"}}),
      MakeRecord("GET", "http://other/abs", {{"Host", "a"}}),
      MakeRecord("POST", "/", {{"Host", "a"}, {"Transfer-Encoding", "chunked"}}, Framing::kChunked,
                 "x"),
      Http2Record(),
  };
  records[1].version = HttpVersion::kHttp10;
  records[3].trailers.Add("T", "1");
  Number(&records);
  Tally tally;
  const Imported imported = ImportVegeta(Export(records, &tally));
  EXPECT_EQ(Told(tally.changes()),
            (Texts{"1 x HTTP/1.0 is not said (record 2)", "1 x HTTP/2 is not said (record 5)",
                   "1 x absolute target, not told from a path (record 3)",
                   "2 x fields of one name, moved together (record 1; record 5)",
                   "1 x request without Host gets one (record 5)",
                   "2 x trailers left out (record 4; record 5)"}));
  ASSERT_EQ(imported.requests.size(), 5u);
  const auto kinds = [&](size_t i) {
    std::string names;
    for (const Difference& difference : CompareRecords(records[i], imported.requests[i].record)) {
      names += std::string(NameOf(difference.kind)) + ";";
    }
    return names;
  };
  EXPECT_EQ(kinds(0), "header order;");
  EXPECT_EQ(kinds(1), "version;");
  EXPECT_EQ(kinds(2), "target;");
  EXPECT_EQ(kinds(3), "trailers;");
}

TEST(VegetaExportTest, RequestsWithoutAUrlOrInOtherBytesAreLeftOut) {
  std::vector<Record> records = {
      MakeRecord("OPTIONS", "*", {{"Host", "a"}}),
      MakeRecord("GET", "/", {}),
      MakeRecord("GET", "/a#b", {{"Host", "a"}}),
      MakeRecord("GET", "/\xFF", {{"Host", "a"}}),
      MakeRecord("GET", "/", {{"Host", "a"}, {"X", "\x80"}}),
      MakeRecord("GET", "/", {{"Host", "user@a"}}),
  };
  Number(&records);
  Tally tally;
  EXPECT_EQ(Export(records, &tally), "");
  EXPECT_EQ(Told(tally.entries()),
            (Texts{"2 x request with bytes that are no UTF-8 (record 4; record 5)",
                   "1 x request without an authority (record 2)",
                   "2 x target or authority that no URL has (record 1; record 6)",
                   "1 x target with a fragment (record 3)"}));
}

TEST(VegetaFormatTest, ItIsKnownByItsFirstLine) {
  EXPECT_TRUE(LooksLikeVegeta("a", R"({"url": "http://a", "method":)"));
  EXPECT_FALSE(LooksLikeVegeta("a", R"({"log":{"entries":[{"request":{"method":"GET","url":)"));
  EXPECT_FALSE(LooksLikeVegeta("a", "{\n\"method\": \"GET\", \"url\": \"x\"}"));
  EXPECT_FALSE(LooksLikeVegeta("a", ""));
}

}  // namespace
}  // namespace shadowreel
