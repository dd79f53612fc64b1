#include "formats/exchange/imported_record.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "formats/segment/record_chunk_builder.h"
#include "formats/segment/response_codec.h"
#include "formats/segment/segment_format.h"
#include "net/http/authority.h"
#include "net/http/byte_set.h"
#include "net/http/field_value.h"
#include "net/http/token.h"

namespace shadowreel {
namespace {

constexpr ByteSet kTargetBytes =
    ByteSet::Where([](unsigned char c) { return c > 0x20 && c != 0x7f; });

bool AreFields(const Fields& fields) {
  for (const FieldView field : fields) {
    if (!IsToken(field.name) || !IsFieldValue(field.value)) return false;
  }
  return true;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

const char* ProblemOfParts(const Record& record) {
  if (record.method.empty()) return "request without a method";
  if (!IsToken(record.method)) return "a method that HTTP does not allow";
  if (record.method == "CONNECT") return "CONNECT request";
  if (record.target.empty()) return "request without a target";
  if (!kTargetBytes.HoldsAllOf(record.target)) return "white space in the request target";
  if (!IsFieldValue(record.authority)) return "a host that HTTP does not allow";
  if (!AreFields(record.headers)) return "a header that HTTP does not allow";
  if (!AreFields(record.trailers)) return "a trailer that HTTP does not allow";
  if (record.headers.Count("host") > 1) return "two Host fields";
  return nullptr;
}

void AddHost(Record* record) {
  Fields headers;
  headers.Reserve(record->headers.size() + 1, record->headers.byte_size() + 64);
  headers.Add("Host", record->authority);
  for (const FieldView field : record->headers) headers.Add(field.name, field.value);
  record->headers = std::move(headers);
}

Fields WithLowerNames(const Fields& fields) {
  Fields lower;
  lower.Reserve(fields.size(), fields.byte_size());
  for (const FieldView field : fields) lower.Add(Lower(field.name), field.value);
  return lower;
}

size_t IndexOf(const Fields& fields, std::string_view name) {
  size_t index = 0;
  while (index < fields.size() && !EqualsIgnoreCase(fields[index].name, name)) ++index;
  return index;
}

bool ParseLength(std::string_view text, uint64_t* value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end;
}

// The body's length for Content-Length.
uint64_t WireLength(const Record& record) {
  return record.truncated ? record.wire_body_bytes : record.body.size();
}

Settled SettleLength(Record* record) {
  Fields& headers = record->headers;
  const size_t index = IndexOf(headers, "content-length");
  if (index == headers.size()) {
    const bool must_state = record->version != HttpVersion::kHttp2 && WireLength(*record) > 0;
    if (!must_state) return {};
    headers.Add("Content-Length", std::to_string(WireLength(*record)));
    record->framing = Framing::kContentLength;
    return {nullptr, true};
  }
  uint64_t stated = 0;
  if (headers.Count("content-length") > 1) return {"two Content-Length fields", false};
  if (!ParseLength(headers[index].value, &stated)) return {"Content-Length is not a number", false};
  record->framing = Framing::kContentLength;
  if (stated == WireLength(*record)) return {};
  headers.SetValue(index, std::to_string(WireLength(*record)));
  return {nullptr, true};
}

Settled SettleFraming(Record* record) {
  record->framing = Framing::kNone;
  const auto coding = record->headers.Find("transfer-encoding");
  if (record->version == HttpVersion::kHttp2 || !coding) return SettleLength(record);
  if (!EqualsIgnoreCase(*coding, "chunked") || record->headers.Count("transfer-encoding") > 1) {
    return {"Transfer-Encoding other than chunked", false};
  }
  if (record->version == HttpVersion::kHttp10) return {"Transfer-Encoding in HTTP/1.0", false};
  if (record->headers.Find("content-length")) {
    return {"Content-Length with Transfer-Encoding", false};
  }
  record->framing = Framing::kChunked;
  return {};
}

}  // namespace

std::optional<StatedVersion> ParseVersion(std::string_view text) {
  const std::string name = Lower(text);
  if (name == "http/1.1") return StatedVersion{HttpVersion::kHttp11, false};
  if (name == "http/1.0") return StatedVersion{HttpVersion::kHttp10, false};
  if (name == "http/2" || name == "http/2.0" || name == "h2" || name == "h2c") {
    return StatedVersion{HttpVersion::kHttp2, false};
  }
  if (name == "http/3" || name == "http/3.0" || name == "h3") {
    return StatedVersion{HttpVersion::kHttp2, true};
  }
  return std::nullopt;
}

std::string_view TrimFieldValue(std::string_view value) {
  constexpr std::string_view kSpace = " \t";
  const size_t begin = std::min(value.find_first_not_of(kSpace), value.size());
  return value.substr(begin, value.find_last_not_of(kSpace) + 1 - begin);
}

Settled SettleRecord(Record* record) {
  if (const char* const problem = ProblemOfParts(*record)) return {problem, false};
  if (record->version == HttpVersion::kHttp2) {
    record->headers = WithLowerNames(record->headers);
    record->trailers = WithLowerNames(record->trailers);
  } else if (record->version == HttpVersion::kHttp11 && !record->headers.Find("host") &&
             !record->authority.empty()) {
    AddHost(record);
  }
  Settled settled = SettleFraming(record);
  record->stripped_authority = StripShadow(record->authority);
  if (!record->truncated) record->wire_body_bytes = record->body.size();
  if (settled.problem != nullptr) return settled;
  if (RecordHeadBound(*record) > kMaxRecordHead) settled.problem = "a head over 1 MiB";
  if (record->body.size() > kMaxBody) settled.problem = "a body over 1 GiB";
  return settled;
}

const char* ProblemOf(const Response& response) {
  constexpr uint32_t kFirstStatus = 100;
  constexpr uint32_t kLastStatus = 999;
  if (response.status < kFirstStatus || response.status > kLastStatus) {
    return "a response status that HTTP does not allow";
  }
  if (!AreFields(response.headers)) return "a response header that HTTP does not allow";
  if (!AreFields(response.trailers)) return "a response trailer that HTTP does not allow";
  if (ResponseHeadBound(response) > kMaxRecordHead) return "a response head over 1 MiB";
  return nullptr;
}

}  // namespace shadowreel
