#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "formats/exchange/har_exporter.h"
#include "formats/exchange/har_importer.h"
#include "formats/reel/record_comparison.h"
#include "net/http/authority.h"
#include "tests/formats/exchange/imports.h"

// Records written as HAR and read again.
namespace shadowreel {
namespace {

using Kinds = std::map<std::string, uint64_t>;

Record Request(const std::string& method, const std::string& target,
               const std::vector<std::pair<std::string, std::string>>& headers,
               const std::string& body = "") {
  Record record;
  record.method = method;
  record.target = target;
  for (const auto& [name, value] : headers) record.headers.Add(name, value);
  record.authority = record.headers.Find("host").value_or("");
  record.body = body;
  record.wire_body_bytes = body.size();
  if (record.headers.Find("content-length")) record.framing = Framing::kContentLength;
  if (record.headers.Find("transfer-encoding")) record.framing = Framing::kChunked;
  return record;
}

Record Http2Request(const std::string& method, const std::string& target,
                    const std::vector<std::pair<std::string, std::string>>& headers,
                    const std::string& body = "") {
  Record record = Request(method, target, headers, body);
  record.version = HttpVersion::kHttp2;
  if (record.authority.empty()) record.authority = "shop-shadow:8080";
  return record;
}

Record Number(Record record, uint64_t number) {
  record.number = number;
  record.stripped_authority = StripShadow(record.authority);
  record.arrival = WallTime(Nanos(1'700'000'000'000'000'000 + static_cast<int64_t>(number) * 1001));
  record.completed = record.arrival + Nanos(2'000'500);
  record.connection = number * 3;
  return record;
}

std::vector<Record> Numbered(std::vector<Record> records) {
  uint64_t number = 0;
  for (Record& record : records) record = Number(std::move(record), ++number);
  return records;
}

std::vector<Record> WhatHarHolds() {
  Record old = Request("GET", "/old", {{"Host", "shop"}});
  old.version = HttpVersion::kHttp10;
  return Numbered({
      Request("GET", "/", {{"Host", "shop"}}),
      Request("GET", "//a/../b%00?x=1&&=&y=%zz%", {{"aCCept", ""}, {"HOST", "shop-shadow:8080"}}),
      Request("OPTIONS", "*", {{"Host", "shop"}}),
      Request("DELETE", "/quo\"te\\d'`$(x)",
              {{"Host", "[::1]:80"}, {"X", "1"}, {"X", ""}, {"x", "2"}}),
      Request("POST", "/\xc3\xa4?\xe2\x82\xac", {{"host", "shop"}, {"Content-Length", "0"}}),
      Request(
          "POST", "/t", {{"Content-Length", "18"}, {"Host", "shop"}},
          std::string("\0\x01\x1f\x7f\xc3\xa4\xef\xbb\xbf\xf0\x9f\x90\xb5\xe2\x80\xa8\r\n", 18)),
      Request("PUT", "/c", {{"Host", "shop"}, {"Transfer-Encoding", "Chunked"}}, "x"),
      Request("PATCH", "/e", {{"Transfer-Encoding", "chunked"}, {"Host", "shop"}}),
      Request("POST", "/large", {{"Host", "shop"}, {"Content-Length", "1048576"}},
              std::string(1 << 20, '"')),
      Request("GET", "/", {{"Host", "shop"}, {"Cookie", "a=1; b; =c;; d=\xc3\xa4"}}),
      Request("M-SEARCH", "/odd", {{"Host", "shop"}, {"X-Utf8", "\xc3\xa4\xe2\x82\xac"}}),
      old,
      Http2Request("GET", "/two", {{"accept", "*/*"}}),
      Http2Request("POST", "/two#frag", {{"cookie", "a"}, {"cookie", "b"}}, "body"),
      Http2Request("POST", "/len", {{"content-length", "4"}}, "body"),
      Http2Request("OPTIONS", "*", {{"host", "shop"}}),
  });
}

struct RoundTrip {
  std::string har;
  Tally exported;
  Imported imported;
};

RoundTrip Through(const std::vector<Record>& records, const std::vector<Response>& responses = {}) {
  RoundTrip trip;
  HarExporter exporter(&trip.exported);
  exporter.Begin(&trip.har);
  for (size_t i = 0; i < records.size(); ++i) {
    exporter.Write(records[i], i < responses.size() ? &responses[i] : nullptr, &trip.har);
  }
  exporter.End(&trip.har);
  trip.imported =
      ImportText(trip.har, [](ImportInput input) { return HarImporter(std::move(input)); });
  EXPECT_EQ(trip.imported.error, "");
  return trip;
}

Kinds KindsOf(const Tally& tally) {
  Kinds kinds;
  for (const auto& [kind, entry] : tally.entries()) kinds["left out: " + kind] = entry.count;
  for (const auto& [kind, entry] : tally.changes()) kinds[kind] = entry.count;
  return kinds;
}

// "header value", and so on, of all pairs.
Kinds DifferencesOf(const std::vector<Record>& before, const Imported& after) {
  Kinds kinds;
  for (size_t i = 0; i < before.size(); ++i) {
    for (const Difference& difference : CompareRecords(before[i], after.record(i))) {
      ++kinds[std::string(NameOf(difference.kind))];
    }
  }
  return kinds;
}

// Validates with the JSON schema of har-schema; true when it is valid.
bool ValidUnderHarSchema(const std::string& har) {
  const std::string path = ::testing::TempDir() + "/exported.har";
  std::ofstream(path, std::ios::binary) << har;
  const std::string command =
      "/usr/bin/python3 tests/formats/exchange/validate_har.py '" + path + "'";
  return std::system(command.c_str()) == 0;
}

TEST(HarRoundTripTest, WhatHarHoldsComesBackTheSame) {
  const std::vector<Record> records = WhatHarHolds();
  const RoundTrip trip = Through(records);
  EXPECT_EQ(KindsOf(trip.exported), Kinds());
  EXPECT_EQ(KindsOf(trip.imported.tally), Kinds());
  ASSERT_EQ(trip.imported.requests.size(), records.size());
  EXPECT_EQ(DifferencesOf(records, trip.imported), Kinds());
  for (size_t i = 0; i < records.size(); ++i) {
    const Record& after = trip.imported.record(i);
    EXPECT_EQ(after.arrival, records[i].arrival);
    EXPECT_EQ(after.completed, records[i].completed);
    EXPECT_EQ(after.authority, records[i].authority);
    EXPECT_EQ(after.stripped_authority, records[i].stripped_authority);
    EXPECT_EQ(after.connection, records[i].connection);
    EXPECT_FALSE(trip.imported.requests[i].response);
  }
}

TEST(HarRoundTripTest, ResponsesComeBack) {
  std::vector<Response> responses(3);
  responses[0].status = 200;
  responses[0].headers.Add("Content-Type", "text/plain");
  responses[0].headers.Add("Set-Cookie", "a=1");
  responses[0].headers.Add("Set-Cookie", "b=2");
  responses[0].body = "text";
  responses[1].status = 302;
  responses[1].headers.Add("Location", "/\xff");
  responses[1].body = std::string("\0\xff", 2);
  responses[2].status = 204;
  const std::vector<Record> records = WhatHarHolds();
  responses[0].first_byte = records[0].completed + Nanos(3'000'001);
  responses[0].completed = responses[0].first_byte + Nanos(7);
  const RoundTrip trip = Through(records, responses);
  EXPECT_EQ(KindsOf(trip.exported),
            (Kinds{{"header bytes that are not UTF-8: read as ISO-8859-1", 1}}));
  for (size_t i = 0; i < responses.size(); ++i) {
    const Response& after = *trip.imported.requests[i].response;
    EXPECT_EQ(after.status, responses[i].status);
    EXPECT_EQ(after.body, responses[i].body);
    EXPECT_EQ(after.truncated, false);
    EXPECT_EQ(after.headers == responses[i].headers, i != 1);
  }
  EXPECT_EQ(trip.imported.requests[0].response->first_byte, responses[0].first_byte);
  EXPECT_EQ(trip.imported.requests[0].response->completed, responses[0].completed);
  EXPECT_TRUE(ValidUnderHarSchema(trip.har));
}

// What differs is what the tallies name, and nothing else.
TEST(HarRoundTripTest, WhatHarCannotHoldIsNamed) {
  Record truncated = Request("POST", "/cut", {{"Host", "shop"}, {"Content-Length", "9"}}, "begin");
  truncated.truncated = true;
  truncated.wire_body_bytes = 9;
  Record with_trailers = Request("POST", "/t", {{"Host", "a"}, {"Transfer-Encoding", "chunked"}});
  with_trailers.trailers.Add("X-T", "1");
  const std::vector<Record> records = Numbered({
      Request("POST", "/binary", {{"Host", "shop"}, {"Content-Length", "3"}}, "a\xff\n"),
      truncated,
      with_trailers,
      Request("GET", "/a#b", {{"Host", "shop"}}),
      Request("GET", "/\xff", {{"Host", "shop"}}),
      Request("GET", "http://shop/absolute", {{"Host", "shop"}}),
      Request("GET", "odd", {{"Host", "shop"}}),
      Http2Request("GET", "/\xff", {{"a", "b"}}),
      Request("GET", "/h", {{"Host", "shop"}, {"X-Latin", "\xe4"}}),
  });
  const RoundTrip trip = Through(records);
  EXPECT_EQ(KindsOf(trip.exported),
            (Kinds{{"a body that is not UTF-8: left out", 1},
                   {"a truncated body: left out", 1},
                   {"trailers", 1},
                   {"a request target that a URL cannot hold: changed", 5},
                   {"header bytes that are not UTF-8: read as ISO-8859-1", 1}}));
  EXPECT_EQ(KindsOf(trip.imported.tally),
            (Kinds{{"a body that is not in the file: the record is marked truncated", 2}}));
  ASSERT_EQ(trip.imported.requests.size(), records.size());
  EXPECT_EQ(
      DifferencesOf(records, trip.imported),
      (Kinds{{"body", 2}, {"truncated", 1}, {"trailers", 1}, {"target", 5}, {"header value", 1}}));
  EXPECT_TRUE(ValidUnderHarSchema(trip.har));
}

TEST(HarRoundTripTest, WhatHarCannotHoldAtAllIsLeftOut) {
  Record incomplete = Request("POST", "/x", {{"Host", "shop"}, {"Content-Length", "9"}}, "begin");
  incomplete.complete = false;
  Record hostless = Request("GET", "/x", {});
  hostless.version = HttpVersion::kHttp10;
  const RoundTrip trip =
      Through(Numbered({incomplete, hostless, Request("GET", "/", {{"Host", ""}}),
                        Request("GET", "ftp://x/y", {{"Host", "shop"}}),
                        Request("GET", "/last", {{"Host", "shop"}})}));
  EXPECT_EQ(KindsOf(trip.exported),
            (Kinds{{"left out: incomplete request", 1},
                   {"left out: request without a host that a URL can hold", 3}}));
  EXPECT_EQ(trip.exported.entries().begin()->second.places.front(), "record 1");
  ASSERT_EQ(trip.imported.requests.size(), 1u);
  EXPECT_EQ(trip.imported.record(0).target, "/last");
}

TEST(HarRoundTripTest, ExportsAreValidUnderHarSchema) {
  EXPECT_TRUE(ValidUnderHarSchema(Through(WhatHarHolds()).har));
  EXPECT_TRUE(ValidUnderHarSchema(Through({}).har));
  EXPECT_FALSE(ValidUnderHarSchema(R"({"log":{"version":"1.2","entries":[]}})"));
}

}  // namespace
}  // namespace shadowreel
