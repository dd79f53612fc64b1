#include "tests/formats/segment/record_text.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <tuple>

#include "formats/segment/payload_codec.h"

namespace shadowreel {
namespace {

std::string Escaped(std::string_view bytes) {
  return absl::CHexEscape({bytes.data(), bytes.size()});
}

std::string BodyText(const std::string& body) {
  constexpr size_t kShown = 256;
  if (body.size() <= kShown) return Escaped(body);
  return fmt::format("{} bytes, crc32c {:08x}", body.size(), Crc32c(body));
}

std::string FieldsText(std::string_view title, const Fields& fields) {
  std::string text;
  for (const FieldView field : fields) {
    text += fmt::format("  {} {}: {}\n", title, Escaped(field.name), Escaped(field.value));
  }
  return text;
}

constexpr int64_t kStartNanos = 1'700'000'000'000'000'000;

}  // namespace

std::string ToText(const Record& record) {
  std::string text = fmt::format("record {} of ", record.number);
  for (const uint8_t byte : record.recording) text += fmt::format("{:02x}", byte);
  text += fmt::format(
      "\n  arrival {} meaning {} completed {}\n", record.arrival.time_since_epoch().count(),
      static_cast<int>(record.arrival_meaning), record.completed.time_since_epoch().count());
  text += fmt::format("  {} {} version {}\n", Escaped(record.method), Escaped(record.target),
                      static_cast<int>(record.version));
  text += fmt::format("  authority {} stripped {}\n", Escaped(record.authority),
                      Escaped(record.stripped_authority));
  text += FieldsText("header", record.headers);
  text += fmt::format("  framing {} body {}\n", static_cast<int>(record.framing),
                      BodyText(record.body));
  text += FieldsText("trailer", record.trailers);
  text += fmt::format("  complete {} truncated {} wire_body_bytes {}\n", record.complete,
                      record.truncated, record.wire_body_bytes);
  text += fmt::format("  connection {} stream {} peer {} weight {}\n", record.connection,
                      record.stream, Escaped(record.peer), record.weight);
  for (const RedactionSpan& span : record.redactions) {
    text += fmt::format("  redaction place {} class {} field {} begin {} length {}\n",
                        static_cast<int>(span.place), static_cast<int>(span.kind), span.field,
                        span.begin, span.length);
  }
  return text;
}

bool SameRecord(const Record& a, const Record& b) {
  const auto rest = [](const Record& r) {
    return std::tie(r.recording, r.number, r.arrival, r.completed, r.arrival_meaning, r.version,
                    r.framing, r.complete, r.truncated, r.wire_body_bytes, r.connection, r.stream,
                    r.peer, r.weight, r.redactions);
  };
  const auto message = [](const Record& r) {
    return std::tie(r.method, r.target, r.authority, r.stripped_authority, r.headers, r.body,
                    r.trailers);
  };
  return rest(a) == rest(b) && message(a) == message(b);
}

Record SampleRecord(uint64_t number) {
  Record record;
  record.arrival = WallTime(Nanos(kStartNanos + static_cast<int64_t>(number) * 1'000'003));
  record.completed = record.arrival + Nanos(250'000);
  record.arrival_meaning =
      number % 5 == 4 ? ArrivalMeaning::kAfterUpload : ArrivalMeaning::kFirstByte;
  record.method = number % 3 == 0 ? "GET" : number % 3 == 1 ? "POST" : "PATCH";
  record.target = fmt::format("/cart/{}?q=%20\xff", number);
  record.version = static_cast<HttpVersion>(number % 3);
  record.authority = number % 2 == 0 ? "shop.example-shadow" : "shop.example-shadow:8080";
  record.stripped_authority = number % 2 == 0 ? "shop.example" : "shop.example:8080";
  record.headers.Add("Host", record.authority);
  record.headers.Add("X-Empty", "");
  record.headers.Add("x-dup", "1");
  record.headers.Add("X-DUP", "1");
  record.headers.Add("", "nameless");
  record.headers.Add("x-bytes", std::string_view("\x01\x80\xff\0", 4));
  record.headers.Add("x-request-id", fmt::format("{:016x}", number * 0x9e3779b97f4a7c15));
  record.framing = static_cast<Framing>(number % 3);
  if (number % 3 != 0) record.body = fmt::format("{{\"number\":{}}}", number);
  if (number % 3 == 2) record.trailers.Add("Grpc-Status", "0");
  record.complete = number % 7 != 6;
  record.truncated = number % 4 == 3;
  record.wire_body_bytes = record.body.size() + (record.truncated ? 1000 : 0);
  record.connection = number / 2;
  record.stream = record.version == HttpVersion::kHttp2 ? 5 : 0;
  record.peer = "192.0.2.1:4711";
  record.weight = number % 2 == 0 ? 1 : 2.5;
  if (number % 2 == 1) {
    record.redactions.push_back({RedactionPlace::kHeader, RedactionClass::kJwt, 6, 0, 16});
    record.redactions.push_back({RedactionPlace::kTarget, RedactionClass::kQuery, 0, 8, 4});
  }
  return record;
}

Record RealisticRecord(uint64_t number) {
  const uint64_t noise = number * 0x9e3779b97f4a7c15;
  Record record;
  record.arrival = WallTime(Nanos(kStartNanos + static_cast<int64_t>(number) * 250'000));
  record.completed = record.arrival + Nanos(90'000 + static_cast<int64_t>(noise % 50'000));
  record.method = "GET";
  record.target = fmt::format("/api/products/{}?page={}", noise % 5000, noise % 7);
  record.authority = "shop.example-shadow";
  record.stripped_authority = "shop.example";
  record.headers.Add("Host", "shop.example-shadow");
  record.headers.Add("User-Agent",
                     "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                     "Chrome/119.0.0.0 Safari/537.36");
  record.headers.Add("Accept", "application/json, text/plain, */*");
  record.headers.Add("Accept-Language", "de-DE,de;q=0.9,en;q=0.7");
  record.headers.Add("Accept-Encoding", "gzip, deflate, br");
  record.headers.Add("Referer", fmt::format("https://shop.example/products/{}", noise % 300));
  record.headers.Add("Cookie", fmt::format("session={:016x}; theme=dark; consent=1",
                                           (noise % 400) * 0xc2b2ae3d27d4eb4f));
  record.headers.Add("X-Forwarded-For", fmt::format("198.51.100.{}", noise % 250));
  record.headers.Add("X-Request-Id", fmt::format("{:016x}{:016x}", noise, noise * 31));
  record.headers.Add("traceparent", fmt::format("00-{:016x}{:016x}-{:016x}-01", noise * 7,
                                                noise * 11, noise * 13));
  record.connection = number % 64;
  record.peer = fmt::format("192.0.2.1:{}", 40000 + number % 64);
  return record;
}

}  // namespace shadowreel
