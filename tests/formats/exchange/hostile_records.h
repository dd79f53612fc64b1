#pragma once

#include <string>
#include <utility>
#include <vector>

#include "formats/exchange/http1_record.h"
#include "formats/record.h"

namespace shadowreel {

inline Record MakeRecord(std::string method, std::string target,
                         const std::vector<std::pair<std::string, std::string>>& headers,
                         Framing framing = Framing::kNone, std::string body = "") {
  Record record;
  record.method = std::move(method);
  record.target = std::move(target);
  for (const auto& [name, value] : headers) record.headers.Add(name, value);
  record.framing = framing;
  record.body = std::move(body);
  record.wire_body_bytes = record.body.size();
  SetAuthorities(&record);
  return record;
}

// Arrivals one millisecond apart, numbers from 1.
inline void Number(std::vector<Record>* records) {
  uint64_t number = 0;
  for (Record& record : *records) {
    record.number = ++number;
    record.arrival = WallTime(Nanos(1'700'000'000'000'000'000 + number * 1'000'000));
    record.completed = record.arrival + Nanos(number * 1000);
  }
}

inline std::string AllBytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

// Requests that every format with a header, a path and a body holds as they are.
inline std::vector<Record> PlainRecords() {
  using enum Framing;
  const std::string monkeys = "\n\xF0\x9F\x90\xB5\xF0\x9F\x99\x88\xF0\x9F\x99\x89\n";
  std::vector<Record> records = {
      MakeRecord("GET", "/", {{"Host", "shop"}}),
      MakeRecord("GET", "//a/../b%00?x=1&&=", {{"aCCept", ""}, {"HOST", "shop-shadow:8080"}}),
      MakeRecord("DELETE", "/quo\"te\\d'`$(x)",
                 {{"Host", "shop"}, {"X", "1"}, {"X", ""}, {"X", "1"}, {"x", "other case"}}),
      MakeRecord("POST", "/empty", {{"Host", "shop"}, {"Content-Length", "0"}}, kContentLength),
      MakeRecord("POST", "/bytes", {{"content-length", "256"}, {"Host", "shop"}}, kContentLength,
                 AllBytes()),
      MakeRecord("PUT", "/monkeys", {{"Host", "shop"}, {"Content-Length", "28"}, {"A", "b"}},
                 kContentLength, monkeys + monkeys),
      MakeRecord("PUT", "/forged", {{"Host", "shop"}, {"Transfer-Encoding", "Chunked"}}, kChunked,
                 "x" + monkeys +
                     "1 abc 1700000000000000000\nGET /evil HTTP/1.1\r\nHost: a\r\n\r\n" + monkeys),
      MakeRecord("PATCH", "/chunks", {{"Transfer-Encoding", "chunked"}, {"Host", "shop"}},
                 kChunked),
      MakeRecord("POST", "/large", {{"Host", "shop"}, {"Content-Length", "1048576"}},
                 kContentLength, std::string(1 << 20, '\n')),
      MakeRecord("GET", "/", {{"Host", "shop"}}),  // the same again
      MakeRecord("HEAD", "/head", {{"Host", "[::1]:80"}, {"Cookie", "a=1"}, {"Cookie", "b=2"}}),
      MakeRecord("M-SEARCH", "/odd", {{"Host", "shop"}, {"X-Utf8", "\xC3\xA4\xE2\x82\xAC"}}),
  };
  Number(&records);
  return records;
}

// A request that came over HTTP/2.
inline Record Http2Record() {
  Record record =
      MakeRecord("POST", "/h2", {{"x-a", "1"}, {"cookie", "a=1"}, {"x-b", "2"}, {"cookie", "b=2"}},
                 Framing::kNone, "hello");
  record.version = HttpVersion::kHttp2;
  record.authority = "shop-shadow";
  record.stripped_authority = "shop";
  record.trailers.Add("x-trailer", "t");
  record.stream = 3;
  return record;
}

}  // namespace shadowreel
