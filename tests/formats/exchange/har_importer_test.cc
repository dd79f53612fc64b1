#include "formats/exchange/har_importer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/formats/exchange/imports.h"

namespace shadowreel {
namespace {

Imported ImportHar(std::string text, size_t piece = 1 << 20) {
  return ImportText(
      std::move(text), [](ImportInput input) { return HarImporter(std::move(input)); }, piece);
}

std::string Har(const std::string& entries) {
  return R"({"log":{"version":"1.2","creator":{"name":"t","version":"1"},"entries":[)" + entries +
         "]}}";
}

// An entry with these members in its request, after method, url and httpVersion.
std::string Entry(const std::string& more, const std::string& method = "GET",
                  const std::string& url = "http://shop/x", const std::string& version = "HTTP/1.1",
                  const std::string& started = "2023-11-14T22:13:20.5Z") {
  return fmt::format(
      R"({{"startedDateTime":"{}","request":{{"method":"{}","url":"{}","httpVersion":"{}"{}}}}})",
      started, method, url, version, more);
}

std::string Headers(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string text = R"(,"headers":[)";
  for (const auto& [name, value] : headers) {
    text += fmt::format(R"({}{{"name":"{}","value":"{}"}})", text.back() == '[' ? "" : ",", name,
                        value);
  }
  return text + ']';
}

std::vector<std::string> FieldLines(const Fields& fields) {
  std::vector<std::string> lines;
  for (const FieldView field : fields)
    lines.push_back(fmt::format("{}: {}", field.name, field.value));
  return lines;
}

using Lines = std::vector<std::string>;

TEST(HarImporterTest, AnEntryBecomesARecordWithItsResponse) {
  const Imported imported =
      ImportHar("\xef\xbb\xbf" +
                Har(R"({"pageref":"p","startedDateTime":"2023-11-14T22:13:20.500Z","time":12.5,
      "_priority":{"deep":[1,[2]]},"connection":"443",
      "request":{"method":"POST","url":"https://shop.example/buy?x=1#top","httpVersion":"HTTP/1.1",
        "headers":[{"name":"Host","value":"shop.example"},{"name":"X-A","value":" 1 "},
                   {"name":"x-a","value":""},{"name":"Content-Length","value":"7"}],
        "queryString":[{"name":"x","value":"1"}],"cookies":[],"headersSize":-1,"bodySize":7,
        "postData":{"mimeType":"text/plain","text":"h\u00e4ll\u0000"}},
      "response":{"status":201,"statusText":"Created","httpVersion":"HTTP/1.1","cookies":[],
        "headers":[{"name":"Set-Cookie","value":"a=1\nb=2"}],
        "content":{"size":3,"mimeType":"x","encoding":"base64","text":"AAH/"},"redirectURL":""},
      "cache":{},"timings":{"send":1,"wait":10,"receive":1.5}})"));
  ASSERT_EQ(imported.requests.size(), 1u) << imported.error;
  const Record& record = imported.record(0);
  EXPECT_EQ(record.arrival.time_since_epoch().count(), 1'700'000'000'500'000'000);
  EXPECT_EQ((record.completed - record.arrival).count(), 1'000'000);
  EXPECT_EQ(record.method, "POST");
  EXPECT_EQ(record.target, "/buy?x=1");
  EXPECT_EQ(record.version, HttpVersion::kHttp11);
  EXPECT_EQ(record.authority, "shop.example");
  EXPECT_EQ(record.framing, Framing::kContentLength);
  EXPECT_EQ(record.body, std::string("h\xc3\xa4ll\0", 6));
  EXPECT_EQ(record.wire_body_bytes, 6u);
  EXPECT_EQ(record.connection, 443u);
  EXPECT_EQ(FieldLines(record.headers),
            (Lines{"Host: shop.example", "X-A: 1", "x-a: ", "Content-Length: 6"}));
  EXPECT_EQ(imported.Count("Content-Length set to the body's length"), 1u);
  EXPECT_EQ(imported.total(), 1u);

  const Response& response = *imported.requests[0].response;
  EXPECT_EQ(response.status, 201u);
  EXPECT_EQ(FieldLines(response.headers), (Lines{"Set-Cookie: a=1", "Set-Cookie: b=2"}));
  EXPECT_EQ(response.body, std::string("\0\1\xff", 3));
  EXPECT_EQ((response.completed - record.arrival).count(), 12'500'000);
  EXPECT_EQ((response.completed - response.first_byte).count(), 1'500'000);
}

TEST(HarImporterTest, EverySplitOfTheInputGivesTheSame) {
  const std::string text =
      Har(Entry("") + ",\n" + Entry(R"(,"postData":{"text":"\"}]\\"})", "PUT"));
  for (size_t piece = 1; piece < 40; ++piece) {
    const Imported imported = ImportHar(text, piece);
    ASSERT_EQ(imported.requests.size(), 2u) << piece;
    EXPECT_EQ(imported.record(1).body, "\"}]\\");
  }
}

TEST(HarImporterTest, Http2PseudoHeadersSayTargetAndAuthority) {
  const Imported imported = ImportHar(Har(
      Entry(Headers({{":method", "GET"},
                     {":authority", "shop-shadow:80"},
                     {":scheme", "https"},
                     {":path", "/real"},
                     {"Accept", "x"}}),
            "GET", "http://other/else", "http/2.0") +
      "," + Entry(Headers({{":authority", "shop"}, {"a", "b"}}), "GET", "http://x/y", "unknown") +
      "," + Entry("", "GET", "http://x/y", "h3")));
  ASSERT_EQ(imported.requests.size(), 3u);
  EXPECT_EQ(imported.record(0).version, HttpVersion::kHttp2);
  EXPECT_EQ(imported.record(0).target, "/real");
  EXPECT_EQ(imported.record(0).authority, "shop-shadow:80");
  EXPECT_EQ(imported.record(0).stripped_authority, "shop:80");
  EXPECT_EQ(FieldLines(imported.record(0).headers), (Lines{"accept: x"}));
  EXPECT_EQ(imported.record(1).version, HttpVersion::kHttp2);
  EXPECT_EQ(imported.Count("HTTP/3, taken as HTTP/2"), 1u);
  EXPECT_EQ(imported.FirstPlace("HTTP/3, taken as HTTP/2"), "file: entry 2");
}

TEST(HarImporterTest, Http1WithoutHostGetsTheUrls) {
  const Imported imported =
      ImportHar(Har(Entry(Headers({{"A", "b"}}), "GET", "http://u:p@[::1]:80") + "," +
                    Entry("", "OPTIONS", "http://shop")));
  ASSERT_EQ(imported.requests.size(), 2u);
  EXPECT_EQ(FieldLines(imported.record(0).headers), (Lines{"Host: [::1]:80", "A: b"}));
  EXPECT_EQ(imported.record(0).target, "/");
  EXPECT_EQ(imported.record(1).target, "*");
}

TEST(HarImporterTest, BodiesComeFromTextOrFormParametersOrAreMissing) {
  const Imported imported = ImportHar(
      Har(Entry(R"(,"postData":{"mimeType":"application/x-www-form-urlencoded; charset=x",
            "params":[{"name":"a","value":"x y&"},{"name":"b"}]})",
                "POST") +
          "," + Entry(R"(,"postData":{"mimeType":"x","text":"/w==","encoding":"base64"})", "POST") +
          "," + Entry(R"(,"bodySize":9)", "POST") + "," +
          Entry(R"(,"postData":{"mimeType":"x","text":null})" + Headers({{"Content-Length", "5"}}),
                "POST") +
          "," + Entry(R"(,"bodySize":-1,"postData":null)", "POST") + "," +
          Entry(R"(,"postData":{"text":"abc"})" + Headers({{"Transfer-Encoding", "chunked"}}),
                "POST")));
  ASSERT_EQ(imported.requests.size(), 6u);
  EXPECT_EQ(imported.record(0).body, "a=x+y%26&b=");
  EXPECT_EQ(imported.record(0).headers.Find("content-length"), "11");
  EXPECT_EQ(imported.record(1).body, "\xff");
  EXPECT_TRUE(imported.record(2).truncated);
  EXPECT_EQ(imported.record(2).wire_body_bytes, 9u);
  EXPECT_EQ(imported.record(2).headers.Find("content-length"), "9");
  EXPECT_TRUE(imported.record(3).truncated);
  EXPECT_EQ(imported.record(3).wire_body_bytes, 5u);
  EXPECT_FALSE(imported.record(4).truncated);
  EXPECT_EQ(imported.record(4).framing, Framing::kNone);
  EXPECT_EQ(imported.record(5).framing, Framing::kChunked);
  EXPECT_EQ(imported.record(5).body, "abc");
  EXPECT_EQ(imported.Count("a body that is not in the file: the record is marked truncated"), 2u);
  EXPECT_EQ(imported.Count("body made of the form's parameters"), 1u);
}

TEST(HarImporterTest, WhatCannotBeImportedIsCountedAndTheRestGoesOn) {
  const Imported imported =
      ImportHar(Har(Entry("", "GET", "") + "," + Entry("", "GET", "chrome-extension://x/y") + "," +
                    Entry("", "GET", "http://shop/", "HTTP/1.1", "0000-01-01T00:00:00Z") + "," +
                    Entry("", "GET", "http://shop/", "HTTP/1.1", "9999-01-01T00:00:00Z") + "," +
                    Entry("", "") + "," + Entry("", "GE T") + "," + Entry("", "CONNECT") + "," +
                    Entry(Headers({{"a b", ""}})) + "," + Entry(Headers({{"a", "x\\r\\ny: z"}})) +
                    "," + Entry(Headers({{"Host", "a"}, {"host", "b"}})) + "," +
                    Entry(Headers({{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}})) +
                    "," + Entry(R"(,"postData":{"text":"=","encoding":"base64"})") + "," +
                    R"(17,"x",null,[{}],{"a":1e999},{"a":"\ud800"},{"a":")" + "\xff" +
                    R"("},{"a" 1},)" + Entry("", "GET", "http://shop/last")));
  ASSERT_EQ(imported.requests.size(), 1u) << imported.error;
  EXPECT_EQ(imported.record(0).target, "/last");
  EXPECT_EQ(imported.tally.total(), 20u);
  EXPECT_EQ(imported.total(), 20u);
  EXPECT_EQ(imported.Count("no URL"), 1u);
  EXPECT_EQ(imported.FirstPlace("no URL"), "file: entry 0");
  EXPECT_EQ(imported.Count("URL of another scheme than http and https"), 1u);
  EXPECT_EQ(imported.Count("startedDateTime is not a time from 1970 to 2261"), 2u);
  EXPECT_EQ(imported.Count("request without a method"), 1u);
  EXPECT_EQ(imported.Count("a method that HTTP does not allow"), 1u);
  EXPECT_EQ(imported.Count("CONNECT request"), 1u);
  EXPECT_EQ(imported.Count("a header that HTTP does not allow"), 2u);
  EXPECT_EQ(imported.Count("two Host fields"), 1u);
  EXPECT_EQ(imported.Count("Content-Length with Transfer-Encoding"), 1u);
  EXPECT_EQ(imported.Count("a body that is not base64"), 1u);
  EXPECT_EQ(imported.Count("an entry that is not an object"), 4u);
  EXPECT_EQ(imported.Count("an entry that is not JSON in UTF-8"), 4u);
  EXPECT_EQ(imported.FirstPlace("an entry that is not an object"), "file: entry 12");
}

TEST(HarImporterTest, ARequestWhoseResponseCannotBeImportedComesWithoutIt) {
  const std::string body = R"(,"headers":[]},"response":{"status":200,"content":{"text":"*",
      "encoding":"base64"})";
  const std::string status = R"(,"headers":[]},"response":{"status":1200)";
  const Imported imported = ImportHar(Har(Entry(body) + "," + Entry(status)));
  ASSERT_EQ(imported.requests.size(), 2u) << imported.error;
  EXPECT_FALSE(imported.requests[0].response || imported.requests[1].response);
  EXPECT_EQ(imported.tally.total(), 0u);
  EXPECT_EQ(imported.Count("without its response: a response body that is not base64"), 1u);
  EXPECT_EQ(imported.Count("without its response: a response status that HTTP does not allow"), 1u);
}

TEST(HarImporterTest, ARequestLineAmongTheHeadersIsPassedOver) {
  const Imported imported =
      ImportHar(Har(Entry(Headers({{"GET /a?b=http", "//shop/ HTTP/1.1"}, {"Host", "shop"}}))));
  ASSERT_EQ(imported.requests.size(), 1u) << imported.error;
  EXPECT_EQ(imported.record(0).headers.size(), 1u);
  EXPECT_EQ(imported.Count("without the request line among its headers"), 1u);
}

TEST(HarImporterTest, EntriesOverTheirBoundsArePassedOver) {
  std::string nested(100'000, '[');
  nested += std::string(100'000, ']');
  const std::string large(HarImporter::kMaxEntryBytes, 'x');
  const Imported imported =
      ImportHar(Har(R"({"a":)" + nested + R"(},{"a":")" + large + R"("},)" +
                    Entry(R"(,"postData":{"text":")" + std::string(4 << 20, 'y') + "\"}") + "," +
                    Entry(Headers({{"a", std::string(2 << 20, 'z')}})) + "," + Entry("")));
  ASSERT_EQ(imported.requests.size(), 2u);
  EXPECT_EQ(imported.record(0).body.size(), size_t{4} << 20);
  EXPECT_EQ(imported.FirstPlace("an entry nested too deep"), "file: entry 0");
  EXPECT_EQ(imported.FirstPlace("an entry over 64 MiB"), "file: entry 1");
  EXPECT_EQ(imported.FirstPlace("a head over 1 MiB"), "file: entry 3");
}

TEST(HarImporterTest, EveryCutKeepsWhatCameBeforeAndIsReported) {
  const std::string begin = R"({"log":{"entries":[)";
  const std::string text = begin + Entry("") + "," + Entry("") + R"(],"x":"y"}})";
  const std::string cut = "the rest of the file: the file ends in the middle";
  for (size_t length = 0; length < text.size(); ++length) {
    const Imported imported = ImportHar(text.substr(0, length));
    if (length < begin.size()) {
      EXPECT_EQ(
          imported.error,
          fmt::format("file: not a HAR file: the file ends in the middle at byte {}", length));
      continue;
    }
    EXPECT_EQ(imported.error, "");
    EXPECT_EQ(imported.Count(cut), 1u) << length;
    const size_t whole = (length >= begin.size() + Entry("").size() ? 1 : 0) +
                         (length >= begin.size() + 2 * Entry("").size() + 1 ? 1 : 0);
    EXPECT_EQ(imported.requests.size(), whole) << length;
    EXPECT_EQ(imported.FirstPlace(cut),
              fmt::format("file: byte {}, after entry {}", length, whole));
  }
  EXPECT_EQ(ImportHar(text).total(), 0u);
}

TEST(HarImporterTest, BrokenJsonBetweenEntriesEndsTheImportThere) {
  const Imported imported = ImportHar(Har(Entry("") + " garbage " + Entry("")));
  EXPECT_EQ(imported.requests.size(), 1u);
  EXPECT_EQ(imported.Count("the rest of the file: this is not JSON"), 1u);
  const Imported behind = ImportHar(Har(Entry("")) + "x");
  EXPECT_EQ(behind.requests.size(), 1u);
  EXPECT_EQ(behind.Count("the rest of the file: this is not JSON"), 1u);
}

TEST(HarImporterTest, WhatIsNoHarIsOneError) {
  EXPECT_EQ(ImportHar("").error, "file: not a HAR file: the file ends in the middle at byte 0");
  EXPECT_EQ(ImportHar("GET / HTTP/1.1").error, "file: not a HAR file: this is not JSON at byte 1");
  EXPECT_EQ(ImportHar(std::string(100'000, '[')).error,
            "file: not a HAR file: this is not JSON at byte 1");
  EXPECT_EQ(ImportHar("{}").error, "file: not a HAR file: no log.entries at byte 2");
  EXPECT_EQ(ImportHar(R"({"log":{"entries":{}},"a":[1,"]",{}]})").error,
            "file: not a HAR file: no log.entries at byte 37");
  EXPECT_EQ(ImportHar(R"({"log":)" + std::string(100'000, '[')).error,
            "file: not a HAR file: the file ends in the middle at byte 100007");
  const Imported zeros =
      ImportFrom(std::make_unique<RepeatSource>('\0', uint64_t{1} << 28),
                 [](ImportInput input) { return HarImporter(std::move(input)); });
  EXPECT_EQ(zeros.error, "file: not a HAR file: this is not JSON at byte 1");
  EXPECT_EQ(ImportHar(Har("")).error, "");
}

TEST(HarImporterTest, EscapedAndRepeatedNamesAreStillNames) {
  const Imported imported = ImportHar(R"({"a":{"entries":[1]},"l\u006fg":{"x":"\"]}","entries":[)" +
                                      Entry("") + R"(],"entries":[)" + Entry("") + "]}}");
  EXPECT_EQ(imported.requests.size(), 2u) << imported.error;
  EXPECT_EQ(imported.total(), 0u);
}

TEST(HarImporterTest, FilesAreKnownByTheirBeginning) {
  EXPECT_TRUE(LooksLikeHar("file", Har("").substr(0, 20)));
  EXPECT_TRUE(LooksLikeHar("file", "\xef\xbb\xbf {\r\n \"log\" : {"));
  EXPECT_FALSE(LooksLikeHar("file", R"({"method":"GET"})"));
  EXPECT_FALSE(LooksLikeHar("file", R"({"log":"text"})"));
  EXPECT_FALSE(LooksLikeHar("file", ""));
  EXPECT_TRUE(LooksLikeHar("a.har", ""));
  EXPECT_TRUE(LooksLikeHar("a.har.gz", ""));
}

}  // namespace
}  // namespace shadowreel
