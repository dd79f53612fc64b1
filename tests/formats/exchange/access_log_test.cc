#include <fmt/format.h>
#include <gtest/gtest.h>

#include "formats/exchange/access_log_importer.h"
#include "tests/formats/exchange/imports.h"

namespace shadowreel {
namespace {

constexpr char kSpread[] = "a time known to the second: spread within it by the seed";
constexpr char kNoBody[] = "a body that is not in the log: imported without";
constexpr char kNoRequestLine[] = "a logged request line that is none";
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kOctober = 971211336 * kSecond;  // 10/Oct/2000:13:55:36 -0700

Imported ImportLog(std::string text, const AccessLogOptions& options = {}) {
  return ImportText(std::move(text), [&](ImportInput input) {
    return AccessLogImporter(std::move(input), options);
  });
}

int64_t ArrivalOf(const Record& record) { return record.arrival.time_since_epoch().count(); }

std::vector<std::string> HeadersOf(const Record& record) {
  std::vector<std::string> lines;
  for (const FieldView field : record.headers) {
    lines.push_back(fmt::format("{}: {}", field.name, field.value));
  }
  return lines;
}

using Lines = std::vector<std::string>;

std::string Common(const std::string& request, const std::string& rest = "200 5") {
  return R"(192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] ")" + request + "\" " + rest + "\n";
}

TEST(AccessLogTest, CommonAndCombinedLines) {
  const Imported imported = ImportLog(
      Common("GET /a?b=%20 HTTP/1.0", "404 -") +
          "2001:db8::1 - john doe [10/Oct/2000:13:55:36 -0700] \"PUT /q\\\"uo\\x41\\\\ HTTP/1.1\" "
          "201 "
          "12 \"http://from/\" \"agent \\\"x\\\"\" \"more\" 0.1\r\n"
          "shop.example:443 192.0.2.9 - - [10/Oct/2000:13:55:37 -0700] \"GET / HTTP/2.0\" 200 1 "
          "\"-\" \"curl\"\n",
      {.authority = "default"});
  ASSERT_EQ(imported.requests.size(), 3u) << imported.error;
  const Record& first = imported.record(0);
  EXPECT_EQ(first.method, "GET");
  EXPECT_EQ(first.target, "/a?b=%20");
  EXPECT_EQ(first.version, HttpVersion::kHttp10);
  EXPECT_EQ(first.authority, "default");
  EXPECT_EQ(first.peer, "192.0.2.1");
  EXPECT_EQ(HeadersOf(first), Lines{});  // HTTP/1.0 needs no Host
  EXPECT_EQ(ArrivalOf(first) / kSecond, kOctober / kSecond);
  EXPECT_EQ(imported.requests[0].response->status, 404u);
  EXPECT_FALSE(imported.requests[0].response->truncated);

  const Record& second = imported.record(1);
  EXPECT_EQ(second.peer, "2001:db8::1");
  EXPECT_EQ(second.target, "/q\"uoA\\");
  EXPECT_EQ(HeadersOf(second),
            (Lines{"Host: default", "Referer: http://from/", "User-Agent: agent \"x\""}));
  EXPECT_TRUE(imported.requests[1].response->truncated);

  const Record& third = imported.record(2);
  EXPECT_EQ(third.version, HttpVersion::kHttp2);
  EXPECT_EQ(third.authority, "shop.example:443");
  EXPECT_EQ(HeadersOf(third), (Lines{"user-agent: curl"}));
  EXPECT_EQ(imported.Count(kSpread), 3u);
  EXPECT_EQ(imported.Count(kNoBody), 1u);
  EXPECT_EQ(imported.FirstPlace(kNoBody), "file: line 2");
}

TEST(AccessLogTest, EnvoysDefaultFormat) {
  const Imported imported = ImportLog(
      R"([2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28")"
      R"( "nsq"2"http" "cc21d9b0" "locations-shadow:80" "tcp://10.0.2.1:80")"
      "\n"
      R"([2016-04-15T20:17:01.000Z] "POST /empty HTTP/1.1" 0 DC 0 0 5 - "-" "-" "-" "-" "-")"
      "\n");
  ASSERT_EQ(imported.requests.size(), 2u) << imported.error;
  const Record& record = imported.record(0);
  EXPECT_EQ(ArrivalOf(record), 1460751420310 * 1'000'000);
  EXPECT_EQ(record.target, "/api/v1/locations");
  EXPECT_EQ(record.authority, "locations-shadow:80");
  EXPECT_EQ(record.stripped_authority, "locations:80");
  EXPECT_EQ(HeadersOf(record), (Lines{"x-forwarded-for: 10.0.35.28", "user-agent: nsq\"2\"http",
                                      "x-request-id: cc21d9b0"}));
  const Response& response = *imported.requests[0].response;
  EXPECT_EQ(response.status, 204u);
  EXPECT_EQ((response.completed - record.arrival).count(), 226'000'000);
  EXPECT_FALSE(imported.requests[1].response);
  EXPECT_EQ(imported.Count(kNoBody), 1u);  // the second had none
  EXPECT_EQ(imported.Count(kSpread), 0u);
}

TEST(AccessLogTest, IstiosDefaultFormat) {
  const Imported imported = ImportLog(
      R"([2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 3 1 "-")"
      R"( "curl/7.73.0" "84961386" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854)"
      R"( 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin default)");
  ASSERT_EQ(imported.requests.size(), 1u) << imported.error;
  EXPECT_EQ(HeadersOf(imported.record(0)),
            (Lines{"Host: httpbin:8000", "User-Agent: curl/7.73.0", "X-Request-Id: 84961386"}));
  EXPECT_EQ(imported.requests[0].response->status, 418u);
  EXPECT_EQ(imported.total(), 0u);
}

TEST(AccessLogTest, JsonLinesOfUsualNames) {
  const Imported imported = ImportLog(
      // nginx, its variables
      R"({"time_iso8601":"2023-11-14T22:13:20+00:00","remote_addr":"192.0.2.1","request":"GET /a HTTP/1.1","status":"200","body_bytes_sent":"0","http_host":"shop","http_user_agent":"ua","http_referer":"-"})"
      "\n"
      // nginx, in parts, with time in milliseconds
      R"({"msec":"1700000000.125","request_method":"GET","uri":"/b","args":"x=1","server_protocol":"HTTP/2.0","host":"shop","status":304})"
      "\n"
      // Envoy, Istio
      R"({"start_time":"2023-11-14T22:13:20.250Z","method":"POST","path":"/c","protocol":"HTTP/2","response_code":201,"bytes_received":7,"authority":"shop-shadow","x_forwarded_for":"10.0.0.1","request_id":"r","user_agent":null})"
      "\n"
      // Caddy
      R"({"ts":1700000000.5,"request":{"method":"GET","host":"shop","uri":"/d?e","proto":"HTTP/3.0","remote_ip":"::1","headers":{}},"status":200,"size":12})"
      "\n"
      // a URL; milliseconds since the epoch
      R"({"timestamp":1700000000750,"method":"GET","url":"https://shop:8443/f g"})");
  ASSERT_EQ(imported.requests.size(), 5u) << imported.error << imported.total();
  EXPECT_EQ(imported.record(0).target, "/a");
  EXPECT_EQ(imported.record(0).peer, "192.0.2.1");
  EXPECT_EQ(HeadersOf(imported.record(0)), (Lines{"Host: shop", "User-Agent: ua"}));
  EXPECT_EQ(imported.record(1).target, "/b?x=1");
  EXPECT_EQ(ArrivalOf(imported.record(1)), 1'700'000'000'125'000'000);
  EXPECT_EQ(imported.requests[1].response->status, 304u);
  EXPECT_EQ(imported.record(2).stripped_authority, "shop");
  EXPECT_EQ(HeadersOf(imported.record(2)), (Lines{"x-forwarded-for: 10.0.0.1", "x-request-id: r"}));
  EXPECT_EQ(imported.record(3).target, "/d?e");
  EXPECT_EQ(imported.record(3).version, HttpVersion::kHttp2);
  EXPECT_EQ(imported.record(3).peer, "::1");
  EXPECT_TRUE(imported.requests[3].response->truncated);
  EXPECT_EQ(imported.record(4).target, "/f%20g");
  EXPECT_EQ(imported.record(4).authority, "shop:8443");
  EXPECT_EQ(ArrivalOf(imported.record(4)), 1'700'000'000'750'000'000);
  EXPECT_FALSE(imported.requests[4].response);
  EXPECT_EQ(imported.Count(kNoBody), 1u);
  EXPECT_EQ(imported.Count(kSpread), 1u);
  EXPECT_EQ(imported.Count("HTTP/3, taken as HTTP/2"), 1u);
}

TEST(AccessLogTest, TimesAreSpreadWithinTheirSecondInOrder) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += Common(fmt::format("GET /{} HTTP/1.1", i));
  const Imported imported = ImportLog(text, {.seed = 7});
  ASSERT_EQ(imported.requests.size(), 1000u);
  int64_t last = kOctober;
  int64_t halves = 0;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(imported.record(i).target, fmt::format("/{}", i));
    EXPECT_GE(ArrivalOf(imported.record(i)), last);
    EXPECT_EQ(imported.record(i).completed, imported.record(i).arrival);
    last = ArrivalOf(imported.record(i));
    halves += last < kOctober + kSecond / 2 ? 1 : 0;
  }
  EXPECT_LT(last, kOctober + kSecond);
  EXPECT_GT(halves, 400);
  EXPECT_LT(halves, 600);
  const Imported again = ImportLog(text, {.seed = 7});
  const Imported other = ImportLog(text, {.seed = 8});
  int64_t equal = 0;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(again.record(i).arrival, imported.record(i).arrival);
    equal += other.record(i).arrival == imported.record(i).arrival ? 1 : 0;
  }
  EXPECT_LT(equal, 10);
}

TEST(AccessLogTest, ASecondOverTheBoundKeepsItsOrder) {
  SecondSpread spread(1);
  const size_t count = 3 * SecondSpread::kMaxRequests;
  int64_t last = -1;
  uint64_t settled = 0;
  ImportedRequest request;
  const auto drain = [&] {
    while (spread.Next(&request)) {
      EXPECT_EQ(request.record.number, settled++);
      EXPECT_GE(ArrivalOf(request.record), last);
      last = ArrivalOf(request.record);
    }
  };
  for (size_t i = 0; i < count; ++i) {
    ImportedRequest added;
    added.record.number = i;
    spread.Add(std::move(added), true);
    drain();
    ASSERT_LE(i - settled, SecondSpread::kMaxRequests);
  }
  spread.Finish();
  drain();
  EXPECT_EQ(settled, count);
  EXPECT_LT(last, kSecond);
}

TEST(AccessLogTest, LinesThatCannotBeImportedAreCountedWithTheirNumbers) {
  const Imported imported = ImportLog(
      "\n\n" + Common("-", "400 0") + Common("", "400 0") + Common("\\x16\\x03\\x01", "400 0") +
      Common("GET /", "400 0") + Common("GET /a b HTTP/1.1") + Common("G\\x00T / HTTP/1.1") +
      Common("GET / HTTP/1.1", "5000 1") +
      "192.0.2.1 - - [00/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1\n" +
      "noise\n{\"a\":1}\n{\"time\":\"x\",\"method\":\"GET\",\"path\":\"/\"}\n" +
      "{\"time\":1e999}\n{\"time\":1,\"method\":\"GET\"}\n" + std::string(100'000, '[') + "\n" +
      "{\"time\":" + std::string(100'000, '[') + "\n" + std::string(4 << 20, 'x') + "\n" +
      std::string(1000, '\0') + "\n\xff\xfe\n" + Common("GET /last HTTP/1.1"));
  ASSERT_EQ(imported.requests.size(), 1u) << imported.error;
  EXPECT_EQ(imported.record(0).target, "/last");
  EXPECT_EQ(imported.Count(kNoRequestLine), 4u);
  EXPECT_EQ(imported.FirstPlace(kNoRequestLine), "file: line 3");
  EXPECT_EQ(imported.Count("white space in the request target"), 1u);
  EXPECT_EQ(imported.Count("a method that HTTP does not allow"), 1u);
  EXPECT_EQ(imported.Count("a response status that HTTP does not allow"), 1u);
  EXPECT_EQ(imported.Count("a time that is none from 1970 to 2261"), 2u);
  EXPECT_EQ(imported.Count(kNotALogLine), 7u);
  EXPECT_EQ(imported.Count("a JSON line without a method or a path"), 1u);
  EXPECT_EQ(imported.Count("a line over 1 MiB"), 1u);
  EXPECT_EQ(imported.FirstPlace("a line over 1 MiB"), "file: line 18");
}

TEST(AccessLogTest, WhatIsNoLogIsOneError) {
  EXPECT_EQ(ImportLog("").error, "file: no line of it is of an access log");
  EXPECT_EQ(ImportLog("noise\nmore\n").error, "file: no line of it is of an access log");
  const Imported zeros =
      ImportFrom(std::make_unique<RepeatSource>('\0', uint64_t{1} << 28),
                 [](ImportInput input) { return AccessLogImporter(std::move(input), {}); });
  EXPECT_EQ(zeros.error, "file: no line of it is of an access log");
  EXPECT_EQ(ImportLog(Common("-", "400 0")).error, "");
}

TEST(AccessLogTest, FilesAreKnownByTheirFirstLine) {
  EXPECT_TRUE(LooksLikeAccessLog("file", "\n" + Common("GET / HTTP/1.1") + "rest"));
  EXPECT_TRUE(LooksLikeAccessLog("file", Common("-", "400 0")));
  EXPECT_TRUE(LooksLikeAccessLog("file", R"({"time":1,"method":"GET","path":"/"})"));
  EXPECT_FALSE(LooksLikeAccessLog("file", R"({"method":"GET","url":"http://shop/"})"));  // vegeta
  EXPECT_FALSE(
      LooksLikeAccessLog("file", "1 abc 1700000000000000000\nGET / HTTP/1.1\r\n"));  // GoReplay
  EXPECT_FALSE(LooksLikeAccessLog("file", R"({"log":{"entries":[]}})"));
  EXPECT_FALSE(LooksLikeAccessLog("file", ""));
}

}  // namespace
}  // namespace shadowreel
