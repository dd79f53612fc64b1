#include "formats/exchange/gor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/exchange/gor_cutter.h"
#include "tests/formats/exchange/hostile_records.h"
#include "tests/formats/exchange/imports.h"

namespace shadowreel {
namespace {

const std::string kSeparator(kGorSeparator);
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
using Texts = std::vector<std::string>;

std::string Gor(const std::string& meta, const std::string& payload) {
  return meta + "\n" + payload + kSeparator;
}

std::string Request(const std::string& id, const std::string& payload = kGet) {
  return Gor("1 " + id + " 1700000000000000000 5000", payload);
}

std::string Post(const std::string& fields, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n" + body;
}

std::string Ok(const std::string& body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

Imported ImportGor(const std::string& text, size_t piece = 1 << 20) {
  return ImportText(text, MakeGorImporter, piece);
}

std::string Export(const std::vector<Record>& records, Tally* tally) {
  std::string text;
  const auto exporter = MakeGorExporter(tally);
  for (const Record& record : records) exporter->Write(record, nullptr, &text);
  return text;
}

TEST(GorImportTest, ARequestAndItsResponseAreOne) {
  for (const size_t piece : {1u, 3u, 1u << 20}) {
    const Imported imported = ImportGor(
        Gor("1 932079936fa4306fc308d67588178d17d823647c 1439818823587396305 1000",
            Post("Content-Length: 5", "hello")) +
            Gor("2 932079936fa4306fc308d67588178d17d823647c 1439818823587500000 2000", Ok("world")),
        piece);
    ASSERT_EQ(imported.requests.size(), 1u);
    const Record& record = imported.requests[0].record;
    EXPECT_EQ(record.arrival.time_since_epoch().count(), 1439818823587396305);
    EXPECT_EQ(record.completed - record.arrival, Nanos(1000));
    EXPECT_EQ(record.method, "POST");
    EXPECT_EQ(record.authority, "a");
    EXPECT_EQ(record.framing, Framing::kContentLength);
    EXPECT_EQ(record.body, "hello");
    EXPECT_EQ(record.wire_body_bytes, 5u);
    ASSERT_TRUE(imported.requests[0].response);
    const Response& response = *imported.requests[0].response;
    EXPECT_EQ(response.status, 200u);
    EXPECT_EQ(response.body, "world");
    EXPECT_EQ(response.first_byte.time_since_epoch().count(), 1439818823587500000);
    EXPECT_EQ(response.completed - response.first_byte, Nanos(2000));
    EXPECT_EQ(Told(imported.tally.entries()), Texts());
    EXPECT_EQ(Told(imported.tally.changes()), Texts());
  }
}

TEST(GorImportTest, LatencyMayBeMissingOrMinusOne) {
  for (const std::string latency : {"", " -1", " x", " 9223372036854775807", " 7 8 9", "\r"}) {
    const Imported imported = ImportGor(Gor("1 a 1700000000000000000" + latency, kGet));
    ASSERT_EQ(imported.requests.size(), 1u) << latency;
    const Record& record = imported.requests[0].record;
    EXPECT_EQ((record.completed - record.arrival).count(), latency == " 7 8 9" ? 7 : 0) << latency;
  }
}

TEST(GorImportTest, ResponsesGoWithTheOldestRequestOfTheirId) {
  const Imported imported =
      ImportGor(Gor("2 a 1 1", Ok("early")) + Request("a") + Request("b") + Request("a") +
                Gor("3 b 1 1", Ok("replayed")) + Gor("2 a 1", Ok("first")) +
                Gor("2 a 1", Ok("second")) + Gor("2 a 1", Ok("third")) + Request("c"));
  ASSERT_EQ(imported.requests.size(), 4u);
  EXPECT_EQ(imported.requests[0].response->body, "first");
  EXPECT_FALSE(imported.requests[1].response);
  EXPECT_EQ(imported.requests[2].response->body, "second");
  EXPECT_FALSE(imported.requests[3].response);
  EXPECT_EQ(Told(imported.tally.entries()),
            (Texts{"1 x replayed response (type 3) (file: offset 275)",
                   "2 x response without its request among those before it (file: offset 0; "
                   "file: offset 470)"}));
}

TEST(GorImportTest, AResponseToAHeadHasNoBody) {
  const Imported imported = ImportGor(Request("a", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n") +
                                      Gor("2 a 1", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"));
  ASSERT_TRUE(imported.requests.at(0).response);
  EXPECT_TRUE(imported.requests[0].response->complete);
  EXPECT_EQ(Told(imported.tally.changes()), Texts());
}

TEST(GorImportTest, ALateResponseIsCountedBeyondTheWindow) {
  std::string text;
  for (int i = 0; i < 65'540; ++i) text += Request(std::to_string(i));
  text += Gor("2 0 1", Ok("late")) + Gor("2 65539 1", Ok("in time"));
  const Imported imported = ImportGor(text);
  ASSERT_EQ(imported.requests.size(), 65'540u);
  EXPECT_FALSE(imported.requests[0].response);
  EXPECT_TRUE(imported.requests.back().response);
  EXPECT_EQ(imported.tally.total(), 1u);
}

TEST(GorImportTest, ABodyMayHoldTheSeparator) {
  const std::string forged = "x" + kSeparator + Request("evil") + "y";
  const std::string length = fmt::format("Content-Length: {}", forged.size());
  const std::string chunks = fmt::format("1\r\nx\r\n{:x};e=1\r\n{}\r\n0\r\nA: b\r\n\r\n",
                                         forged.size() - 1, forged.substr(1));
  const std::string text = Request("a", Post(length, forged)) +
                           Request("b", Post("Transfer-Encoding: chunked", chunks)) +
                           Gor("2 a 1", Ok(forged)) + Request("c");
  for (const size_t piece : {1u, 7u, 1u << 20}) {
    const Imported imported = ImportGor(text, piece);
    ASSERT_EQ(imported.requests.size(), 3u);
    EXPECT_EQ(imported.requests[0].record.body, forged);
    EXPECT_EQ(imported.requests[0].response->body, forged);
    EXPECT_EQ(imported.requests[1].record.body, forged);
    EXPECT_EQ(imported.requests[1].record.trailers.size(), 1u);
    EXPECT_EQ(Told(imported.tally.entries()), Texts());
    EXPECT_EQ(Told(imported.tally.changes()), Texts());
  }
  // At the end of the file, without a separator of its own.
  const Imported last = ImportGor("1 a 1\n" + Post(length, forged));
  EXPECT_EQ(last.requests.at(0).record.body, forged);
  EXPECT_EQ(last.requests.size(), 1u);
}

TEST(GorImportTest, AShortBodyEndsAtTheFirstSeparator) {
  const std::string short_length = Post("Content-Length: 60", "short");
  const std::string short_chunks = Post("Transfer-Encoding: chunked", "40\r\nshort");
  const std::string no_end = Post("Transfer-Encoding: chunked", "5\r\nshort\r\n");
  const Imported imported = ImportGor(Request("a", short_length) + Request("b", short_chunks) +
                                      Request("c", no_end) + Request("d"));
  ASSERT_EQ(imported.requests.size(), 4u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(imported.requests[i].record.complete) << i;
    EXPECT_FALSE(imported.requests[i].record.truncated) << i;
    EXPECT_EQ(imported.requests[i].record.body, "short") << i;
  }
  EXPECT_TRUE(imported.requests[3].record.complete);
  EXPECT_EQ(imported.tally.changes().begin()->second.count, 3u);
}

TEST(GorImportTest, WhatIsMalformedIsNamedWithItsPlaceAndTheRestGoesOn) {
  const Texts malformed = {
      Gor("1 a", kGet),
      Gor("1 id with spaces 1700000000000000000 1", kGet),
      Gor("1 a -5", kGet),
      Gor("1 a 99999999999999999999", kGet),
      Gor("4 a 1", kGet),
      Gor("1  1", kGet),
      kSeparator.substr(1),
      kSeparator,
      Gor(std::string(5000, 'm'), kGet),
      Gor("1 a 1", ""),
      Gor("1 a 1", "GET / HTTP/1.1\r\nHost: a\r\n"),
      Gor("1 a 1", "GET / HTTP/1.1\nHost: a\n\n"),
      Gor("1 a 1", "GET / HTTP/1.1\r\n\r\n"),
      Gor("1 a 1", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      Gor("1 a 1", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"),
      Gor("1 a 1", AllBytes()),
      Gor("1 a 1", Post("Content-Length: 3\r\nTransfer-Encoding: chunked", "abc")),
      Gor("1 a 1", Post("Transfer-Encoding: chunked", "xyz\r\n")),
      Gor("2 a 1", "no response"),
  };
  for (const std::string& bad : malformed) {
    const std::string before = Request("before");
    const Imported imported = ImportGor(before + bad + Request("after"));
    EXPECT_EQ(imported.requests.size(), 2u) << bad;
    EXPECT_EQ(imported.tally.total(), 1u) << bad;
    const std::string place = fmt::format("(file: offset {})", before.size());
    EXPECT_TRUE(Told(imported.tally.entries()).at(0).ends_with(place))
        << bad << Told(imported.tally.entries()).at(0);
    EXPECT_EQ(imported.error, "");
  }
}

TEST(GorImportTest, ALastRecordWithoutItsSeparatorIsKeptAndTold) {
  const std::string text = Request("a") + "1 b 1\n" + kGet;
  const Imported imported = ImportGor(text);
  EXPECT_EQ(imported.requests.size(), 2u);
  EXPECT_EQ(Told(imported.tally.changes()),
            Texts{"1 x last record kept, without its separator: the file may be cut "
                  "(file: offset 70)"});
  const std::string no_line_end = Request("a");
  const Imported whole = ImportGor(no_line_end.substr(0, no_line_end.size() - 1));
  EXPECT_EQ(whole.requests.size(), 1u);
  EXPECT_EQ(Told(whole.tally.changes()), Texts());
  EXPECT_EQ(ImportGor(Request("a") + "\r\n\n").tally.total(), 0u);
}

TEST(GorImportTest, EveryCutKeepsWhatStandsBeforeIt) {
  const std::string one = Request("a", Post("Content-Length: 5", "hello"));
  const std::string text = one + one;
  for (size_t length = 0; length <= text.size(); ++length) {
    const Imported imported = ImportGor(text.substr(0, length));
    EXPECT_EQ(imported.error, "") << length;
    if (length >= one.size()) {
      ASSERT_GE(imported.requests.size(), 1u) << length;
      EXPECT_TRUE(imported.requests[0].record.complete) << length;
    }
    for (const ImportedRequest& request : imported.requests) {
      EXPECT_EQ(request.record.complete, request.record.body == "hello") << length;
    }
  }
}

TEST(GorImportTest, ABrokenSourceEndsItAfterWhatWasRead) {
  const Imported imported =
      ImportFrom(std::make_unique<TextSource>(Request("a") + "1 b 1\n" + kGet, 10,
                                              DamageError("gzip is damaged")),
                 MakeGorImporter);
  EXPECT_EQ(imported.requests.size(), 2u);
  EXPECT_EQ(imported.error, "gzip is damaged");
}

TEST(GorImportTest, EmptyBlankAndForeignFilesHoldNothing) {
  EXPECT_EQ(ImportGor("").tally.total(), 0u);
  EXPECT_EQ(ImportGor("\n\n\r\n ").tally.total(), 0u);
  EXPECT_EQ(ImportGor(AllBytes()).tally.total(), 1u);
  EXPECT_EQ(ImportGor("GET / HTTP/1.1\r\nHost: a\r\n\r\n").tally.total(), 1u);
}

TEST(GorImportTest, AHugeFileOfNothingTakesNoMemory) {
  const Imported imported =
      ImportFrom(std::make_unique<RepeatSource>('\0', uint64_t{1} << 30), MakeGorImporter);
  EXPECT_EQ(imported.requests.size(), 0u);
  EXPECT_EQ(Told(imported.tally.entries()),
            Texts{"1 x record without a meta line (file: offset 0)"});
}

TEST(GorImportTest, APayloadOverTheBoundIsKeptTruncated) {
  constexpr size_t kBody = 40 << 20;
  const std::string large = Post(fmt::format("Content-Length: {}", kBody), std::string(kBody, 'x'));
  const Imported imported = ImportGor(Request("a", large) + Request("b"));
  ASSERT_EQ(imported.requests.size(), 2u);
  const Record& record = imported.requests[0].record;
  EXPECT_TRUE(record.truncated);
  EXPECT_TRUE(record.complete);
  EXPECT_EQ(record.wire_body_bytes, kBody);
  EXPECT_GT(record.body.size(), GorCutter::kMaxPayload - 1000);
  EXPECT_LE(record.body.size(), GorCutter::kMaxPayload);
  EXPECT_TRUE(imported.requests[1].record.complete);
}

// Each record asks for bytes far behind it, in vain.
TEST(GorImportTest, ManyRecordsThatPromiseMoreAreReadInLinearTime) {
  std::string lengths;
  std::string chunks;
  for (int i = 0; i < 10'000; ++i) {
    lengths += Request("a", Post("Content-Length: 30000000", "x"));
    chunks += Request("a", Post("Transfer-Encoding: chunked", "1\r\nx\r\n1"));
  }
  EXPECT_EQ(ImportGor(lengths).requests.size(), 10'000u);
  EXPECT_EQ(ImportGor(chunks).requests.size(), 10'000u);
}

TEST(GorRoundTripTest, WhatTheFormatHoldsComesBack) {
  std::vector<Record> records = PlainRecords();
  records.push_back(MakeRecord("GET", "http://user@other:81/abs?x", {{"Host", "shop"}}));
  records.push_back(MakeRecord("OPTIONS", "*", {{"Host", "shop"}, {"X", "\xFF\x80"}}));
  records.push_back(MakeRecord("GET", "/\xFF", {{"Host", ""}}));
  records.push_back(
      MakeRecord("POST", "/old", {{"Content-Length", "002"}}, Framing::kContentLength, "ab"));
  records.back().version = HttpVersion::kHttp10;
  records.push_back(MakeRecord("POST", "/t", {{"Host", "a"}, {"Transfer-Encoding", "chunked"}},
                               Framing::kChunked, "body"));
  records.back().trailers.Add("X-T", "1");
  records.back().trailers.Add("x-t", "");
  Number(&records);
  Tally tally;
  const Imported imported = ImportGor(Export(records, &tally));
  EXPECT_EQ(Told(tally.entries()), Texts());
  EXPECT_EQ(Told(tally.changes()),
            Texts{"2 x body that holds GoReplay's separator: GoReplay itself cuts it there "
                  "(record 6; record 7)"});
  EXPECT_EQ(Told(imported.tally.entries()), Texts());
  ASSERT_EQ(imported.requests.size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    const Record& record = imported.requests[i].record;
    EXPECT_EQ(DifferencesOf(records[i], record), Texts()) << i;
    EXPECT_EQ(records[i].authority, record.authority) << i;
    EXPECT_EQ(records[i].stripped_authority, record.stripped_authority) << i;
    EXPECT_EQ(records[i].arrival, record.arrival) << i;
    EXPECT_EQ(records[i].completed, record.completed) << i;
  }
}

TEST(GorRoundTripTest, Http2BecomesHttp11AndSaysSo) {
  std::vector<Record> records = {Http2Record()};
  Number(&records);
  Tally tally;
  const Imported imported = ImportGor(Export(records, &tally));
  EXPECT_EQ(Told(tally.changes()), Texts{"1 x HTTP/2 request written as HTTP/1.1 (record 1)"});
  ASSERT_EQ(imported.requests.size(), 1u);
  const Record& record = imported.requests[0].record;
  ASSERT_EQ(record.headers.size(), 5u);
  EXPECT_EQ(record.headers[0], (FieldView{"Host", "shop-shadow"}));
  EXPECT_EQ(record.headers[2], (FieldView{"cookie", "a=1; b=2"}));
  EXPECT_EQ(record.headers[4], (FieldView{"Transfer-Encoding", "chunked"}));
  EXPECT_EQ(record.body, "hello");
  EXPECT_EQ(record.trailers, records[0].trailers);
  EXPECT_EQ(record.stripped_authority, "shop");
}

TEST(GorRoundTripTest, ResponsesComeBack) {
  std::vector<Record> records = {MakeRecord("GET", "/", {{"Host", "a"}}),
                                 MakeRecord("HEAD", "/", {{"Host", "a"}}),
                                 MakeRecord("GET", "/", {{"Host", "a"}})};
  Number(&records);
  Response response;
  response.first_byte = records[0].completed;
  response.completed = response.first_byte + Nanos(17);
  response.status = 404;
  response.headers.Add("Set-Cookie", "a=1");
  response.headers.Add("Transfer-Encoding", "chunked");
  response.body = kSeparator + "x";
  response.trailers.Add("T", "");
  Response to_head = response;
  to_head.headers.Clear();
  to_head.headers.Add("Content-Length", "77");
  to_head.body.clear();
  to_head.trailers.Clear();
  Response cut = to_head;
  cut.body = "part";
  cut.complete = false;
  std::vector<Response> responses = {response, to_head, cut};
  Tally tally;
  std::string text;
  const auto exporter = MakeGorExporter(&tally);
  for (size_t i = 0; i < 3; ++i) exporter->Write(records[i], &responses[i], &text);
  EXPECT_TRUE(tally.changes().contains("cut response written as a whole one of what is left"));
  responses[2].complete = true;
  responses[2].headers.Clear();
  responses[2].headers.Add("Content-Length", "4");
  const Imported imported = ImportGor(text);
  ASSERT_EQ(imported.requests.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(imported.requests[i].response) << i;
    const Response& back = *imported.requests[i].response;
    EXPECT_EQ(back.status, responses[i].status) << i;
    EXPECT_EQ(back.headers, responses[i].headers) << i;
    EXPECT_EQ(back.body, responses[i].body) << i;
    EXPECT_EQ(back.trailers, responses[i].trailers) << i;
    EXPECT_EQ(back.complete, responses[i].complete) << i;
    EXPECT_EQ(back.first_byte, responses[i].first_byte) << i;
    EXPECT_EQ(back.completed, responses[i].completed) << i;
  }
}

TEST(GorExportTest, IdsComeFromRecordingAndNumber) {
  Record record = MakeRecord("GET", "/", {{"Host", "a"}});
  record.recording = {0xab, 0xcd, 0xef, 0x01, 0x02};
  record.number = 0x1234;
  record.arrival = WallTime(Nanos(5));
  Tally tally;
  EXPECT_EQ(Export({record}, &tally), Gor("1 abcdef010000000000001234 5 -1", kGet));
}

TEST(GorExportTest, NoFieldCanBreakOutOfItsLine) {
  std::vector<Record> records = {
      MakeRecord("GET", "/ HTTP/1.1\r\nX: y", {{"Host", "a"}}),
      MakeRecord("GET", "/", {{"Host", "a"}, {"X", "1\r\nY: 2"}}),
      MakeRecord("GET", "/", {{"Host", "a"}, {"X: y\r\nZ", "1"}}),
      MakeRecord("GET\n", "/", {{"Host", "a"}}),
      MakeRecord("GET", "", {{"Host", "a"}}),
  };
  Number(&records);
  Tally tally;
  EXPECT_EQ(Export(records, &tally), "");
  EXPECT_EQ(Told(tally.entries()), Texts{"5 x request that HTTP/1 has no form for (record 1; "
                                         "record 2; record 3)"});
}

TEST(GorFormatTest, ItIsKnownByNameOrFirstLine) {
  EXPECT_TRUE(LooksLikeGor("a.gor", ""));
  EXPECT_TRUE(LooksLikeGor("a.gor.gz", ""));
  EXPECT_TRUE(LooksLikeGor("a", "1 abc 1700000000000000000\nGET"));
  EXPECT_TRUE(LooksLikeGor("a", "2 abc 17 -1\n"));
  for (const char* other :
       {"", "1", "1 ", "1 a", "1 a b", "4 a 1\n", "{\"method\"", "1.2.3.4 - -"}) {
    EXPECT_FALSE(LooksLikeGor("a", other)) << other;
  }
}

}  // namespace
}  // namespace shadowreel
