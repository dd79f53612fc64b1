#include "formats/exchange/har_exporter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/version.h"
#include "formats/base64.h"
#include "formats/byte_text.h"
#include "formats/exchange/calendar_time.h"
#include "formats/exchange/request_url.h"
#include "formats/record_names.h"

namespace shadowreel {
namespace {

constexpr std::string_view kUnknownType = "x-unknown";  // as browsers write it

std::string FromLatin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

// A JSON string, of any bytes.
void AppendText(std::string_view text, std::string* out) {
  AppendJsonBytes(IsValidUtf8(text) ? std::string(text) : FromLatin1(text), out);
}

// A number of milliseconds, never negative.
void AppendMillis(Nanos time, std::string* out) {
  const int64_t nanos = std::max<int64_t>(time.count(), 0);
  constexpr int64_t kPerMilli = 1'000'000;
  fmt::format_to(std::back_inserter(*out), "{}.{:06}", nanos / kPerMilli, nanos % kPerMilli);
}

// How long sending, waiting and receiving took, as far as they are known.
struct Timings {
  Nanos send{0};
  Nanos wait{0};
  Nanos receive{0};
};

Timings TimingsOf(const Record& record, const Response* response) {
  Timings timings;
  timings.send = std::max(record.completed - record.arrival, Nanos(0));
  if (response == nullptr || response->completed == WallTime()) return timings;
  const WallTime sent = record.arrival + timings.send;
  const WallTime first = std::max(response->first_byte, sent);
  timings.wait = first - sent;
  timings.receive = std::max(response->completed - first, Nanos(0));
  return timings;
}

void AppendTimings(const Timings& timings, std::string* out) {
  out->append(R"("cache":{},"timings":{"send":)");
  AppendMillis(timings.send, out);
  out->append(R"(,"wait":)");
  AppendMillis(timings.wait, out);
  out->append(R"(,"receive":)");
  AppendMillis(timings.receive, out);
  out->append("}");
}

// Percent-decoded where that gives UTF-8.
std::string Decoded(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    if (escape) {
      decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return IsValidUtf8(decoded) ? decoded : std::string(text);
}

// Calls `take(name, value)` for each part of `text` between `separator`s.
template <typename Take>
void ForEachPair(std::string_view text, char separator, Take take) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(separator));
    const size_t equals = std::min(part.find('='), part.size());
    if (!part.empty()) {
      take(part.substr(0, equals), part.substr(std::min(equals + 1, part.size())));
    }
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
}

void AppendComma(std::string* out) {
  if (out->back() != '[') *out += ',';
}

void AppendPair(std::string_view name, std::string_view value, std::string* out) {
  AppendComma(out);
  out->append(R"({"name":)");
  AppendText(name, out);
  out->append(R"(,"value":)");
  AppendText(value, out);
  *out += '}';
}

void AppendQuery(std::string_view target, std::string* out) {
  out->append(R"("queryString":[)");
  const size_t query = target.find('?');
  if (query != target.npos) {
    ForEachPair(target.substr(query + 1), '&', [&](std::string_view name, std::string_view value) {
      AppendPair(Decoded(name), Decoded(value), out);
    });
  }
  *out += ']';
}

void AppendCookies(const Fields& fields, std::string* out) {
  out->append(R"("cookies":[)");
  for (const FieldView field : fields) {
    if (!EqualsIgnoreCase(field.name, "cookie")) continue;
    ForEachPair(field.value, ';', [&](std::string_view name, std::string_view value) {
      name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
      AppendPair(name, value, out);
    });
  }
  *out += ']';
}

}  // namespace

std::unique_ptr<Exporter> MakeHarExporter(Tally* tally) {
  return std::make_unique<HarExporter>(tally);
}

void HarExporter::Begin(std::string* out) {
  out->append(fmt::format(
      R"({{"log":{{"version":"1.2","creator":{{"name":"Shadowreel","version":"{}"}},"entries":[)",
      kVersion));
}

void HarExporter::End(std::string* out) { out->append("\n]}}\n"); }

void HarExporter::LeaveOut(std::string_view kind) {
  tally_.Add(kind, fmt::format("record {}", number_));
}

void HarExporter::CountChange(std::string_view kind) {
  tally_.AddChange(kind, fmt::format("record {}", number_));
}

void HarExporter::Write(const Record& record, const Response* response, std::string* out) {
  number_ = record.number;
  if (!record.complete) return LeaveOut("incomplete request");
  const std::string url = JoinUrl(record.authority, record.target);
  RequestUrl parts;
  if (record.authority.empty() || SplitUrl(url, &parts) != nullptr) {
    return LeaveOut("request without a host that a URL can hold");
  }
  CheckUrl(record, url);
  if (!record.trailers.empty()) CountChange("trailers");
  const Timings timings = TimingsOf(record, response);

  if (!first_) *out += ',';
  first_ = false;
  out->append("\n{\"startedDateTime\":\"").append(FormatIsoTime(record.arrival));
  out->append(R"(","time":)");
  AppendMillis(timings.send + timings.wait + timings.receive, out);
  *out += ',';
  WriteRequest(record, url, out);
  WriteResponse(response, out);
  AppendTimings(timings, out);
  out->append(fmt::format(R"(,"connection":"{}"}})", record.connection));
}

// Counts when what an import reads from the URL, or from :path, is not the record's target.
void HarExporter::CheckUrl(const Record& record, const std::string& url) {
  RequestUrl parts;
  SplitUrl(url, &parts);
  if (parts.target.empty() && record.method == "OPTIONS") parts.target = '*';
  const bool kept = record.version == HttpVersion::kHttp2
                        ? IsValidUtf8(record.target) && IsValidUtf8(record.authority)
                        : parts.target == record.target;
  if (!kept) CountChange("a request target that a URL cannot hold: changed");
}

void HarExporter::WriteRequest(const Record& record, const std::string& url, std::string* out) {
  out->append(R"("request":{"method":)");
  AppendText(record.method, out);
  out->append(R"(,"url":)");
  AppendText(url, out);
  out->append(R"(,"httpVersion":")").append(NameOf(record.version)).append("\",");
  AppendCookies(record.headers, out);
  out->append(R"(,"headers":[)");
  if (record.version == HttpVersion::kHttp2) {
    AppendPair(":method", record.method, out);
    AppendPair(":authority", PercentEncode(record.authority, ""), out);
    AppendPair(":scheme", "http", out);
    AppendPair(":path", PercentEncode(record.target, ""), out);
  }
  WriteHeaders(record.headers, out);
  out->append("],");
  AppendQuery(record.target, out);
  const bool is_text = IsValidUtf8(record.body);
  if (record.truncated) {
    CountChange("a truncated body: left out");
  } else if (!is_text) {
    CountChange("a body that is not UTF-8: left out");
  } else if (!record.body.empty()) {
    out->append(R"(,"postData":{"mimeType":)");
    AppendText(record.headers.Find("content-type").value_or(""), out);
    out->append(R"(,"text":)");
    AppendText(record.body, out);
    *out += '}';
  }
  const uint64_t size = record.truncated ? record.wire_body_bytes : record.body.size();
  out->append(fmt::format(R"(,"headersSize":-1,"bodySize":{}}},)", size));
}

void HarExporter::WriteResponse(const Response* response, std::string* out) {
  const Response none;
  const Response& shown = response != nullptr ? *response : none;
  out->append(
      fmt::format(R"("response":{{"status":{},"statusText":"","httpVersion":"")", shown.status));
  out->append(R"(,"cookies":[],"headers":[)");
  WriteHeaders(shown.headers, out);
  out->append(R"(],"content":{)");
  WriteContent(shown, out);
  out->append(R"(},"redirectURL":)");
  AppendText(shown.headers.Find("location").value_or(""), out);
  out->append(R"(,"headersSize":-1,"bodySize":-1},)");
  if (!shown.complete) CountChange("a response that broke off: written as whole");
  if (!shown.trailers.empty()) CountChange("response trailers");
}

void HarExporter::WriteContent(const Response& response, std::string* out) {
  out->append(fmt::format(R"("size":{},"mimeType":)", response.body.size()));
  AppendText(response.headers.Find("content-type").value_or(kUnknownType), out);
  if (response.truncated) {
    CountChange("a truncated response body: left out");
  } else if (IsValidUtf8(response.body)) {
    out->append(R"(,"text":)");
    AppendText(response.body, out);
  } else {
    out->append(R"(,"encoding":"base64","text":")")
        .append(EncodeBase64(response.body))
        .append("\"");
  }
}

void HarExporter::WriteHeaders(const Fields& fields, std::string* out) {
  bool is_text = true;
  for (const FieldView field : fields) {
    is_text = is_text && IsValidUtf8(field.value);
    AppendPair(field.name, field.value, out);
  }
  if (!is_text) CountChange("header bytes that are not UTF-8: read as ISO-8859-1");
}

}  // namespace shadowreel
