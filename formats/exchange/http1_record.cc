#include "formats/exchange/http1_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "net/http/authority.h"
#include "net/http/field_value.h"
#include "net/http/token.h"

namespace shadowreel {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

Framing FramingOf(Http1Framing framing) {
  switch (framing) {
    case Http1Framing::kContentLength:
      return Framing::kContentLength;
    case Http1Framing::kChunked:
      return Framing::kChunked;
    case Http1Framing::kNone:
      break;
  }
  return Framing::kNone;
}

bool AreExpressible(const Fields& fields) {
  for (const FieldView field : fields) {
    if (!IsToken(field.name) || !IsFieldValue(field.value)) return false;
  }
  return true;
}

bool IsTarget(std::string_view target) {
  return !target.empty() && std::none_of(target.begin(), target.end(),
                                         [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
}

Framing FramingFor(const Record& record) {
  const bool http2 = record.version == HttpVersion::kHttp2;
  if (http2 && !record.trailers.empty()) return Framing::kChunked;
  if (record.framing != Framing::kNone || record.body.empty()) return record.framing;
  return http2 ? Framing::kChunked : Framing::kContentLength;
}

bool SaysLength(std::string_view text, uint64_t length) {
  uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && stop == text.data() + text.size() && value == length;
}

std::string JoinedCookies(const Fields& fields) {
  std::string joined;
  for (const FieldView field : fields) {
    if (!EqualsIgnoreCase(field.name, "cookie")) continue;
    joined.append(joined.empty() ? "" : "; ").append(field.value);
  }
  return joined;
}

void AppendField(std::string_view name, std::string_view value, std::string* out) {
  out->append(name).append(value.empty() ? ":" : ": ").append(value).append(kLineEnd);
}

// Writes the fields that frame a message once each, in their recorded place or at the end.
class FramingFields {
 public:
  FramingFields(Framing framing, uint64_t length) : framing_(framing), length_(length) {}

  // False when the field is not one of them.
  bool Place(const FieldView& field, std::string* out) {
    if (EqualsIgnoreCase(field.name, "content-length")) {
      const bool right = SaysLength(field.value, length_);
      Write(Framing::kContentLength, field.name,
            right ? std::string(field.value) : std::to_string(length_), out);
      return true;
    }
    if (!EqualsIgnoreCase(field.name, "transfer-encoding")) return false;
    const bool right = EqualsIgnoreCase(field.value, "chunked");
    Write(Framing::kChunked, field.name, right ? field.value : "chunked", out);
    return true;
  }

  void Finish(std::string* out) {
    Write(Framing::kContentLength, "Content-Length", std::to_string(length_), out);
    Write(Framing::kChunked, "Transfer-Encoding", "chunked", out);
  }

 private:
  void Write(Framing kind, std::string_view name, std::string_view value, std::string* out) {
    if (kind == framing_ && !std::exchange(placed_, true)) AppendField(name, value, out);
  }

  const Framing framing_;
  const uint64_t length_;
  bool placed_ = false;
};

void AppendRequestFields(const Record& record, Framing framing, std::string* out) {
  const bool http2 = record.version == HttpVersion::kHttp2;
  FramingFields framing_fields(framing, record.body.size());
  bool placed_cookie = false;
  if (http2 && !record.headers.Find("host")) AppendField("Host", record.authority, out);
  for (const FieldView field : record.headers) {
    if (framing_fields.Place(field, out)) continue;
    if (http2 && EqualsIgnoreCase(field.name, "host")) {
      AppendField(field.name, record.authority, out);
    } else if (http2 && EqualsIgnoreCase(field.name, "cookie")) {
      if (std::exchange(placed_cookie, true)) continue;
      AppendField(field.name, JoinedCookies(record.headers), out);
    } else {
      AppendField(field.name, field.value, out);
    }
  }
  framing_fields.Finish(out);
  out->append(kLineEnd);
}

void AppendChunked(std::string_view body, const Fields& trailers, std::string* out) {
  if (!body.empty()) {
    fmt::format_to(std::back_inserter(*out), "{:x}\r\n", body.size());
    out->append(body).append(kLineEnd);
  }
  out->append("0\r\n");
  for (const FieldView field : trailers) AppendField(field.name, field.value, out);
  out->append(kLineEnd);
}

}  // namespace

void SetAuthorities(Record* record) {
  const auto in_target = AuthorityOfTarget(record->target);
  record->authority = in_target ? *in_target : record->headers.Find("host").value_or("");
  record->stripped_authority = StripShadow(record->authority);
}

void SetHead(Http1Head head, Record* record) {
  record->method = std::move(head.method);
  record->target = std::move(head.target);
  record->version = head.minor_version == 0 ? HttpVersion::kHttp10 : HttpVersion::kHttp11;
  record->headers = std::move(head.headers);
  record->framing = FramingOf(head.framing);
  SetAuthorities(record);
}

bool AppendHttp1Request(const Record& record, std::string* out) {
  if (!IsToken(record.method) || !IsTarget(record.target) || !IsFieldValue(record.authority) ||
      !AreExpressible(record.headers) || !AreExpressible(record.trailers)) {
    return false;
  }
  const Framing framing = FramingFor(record);
  const bool http10 = record.version == HttpVersion::kHttp10;
  out->append(record.method).append(" ").append(record.target);
  out->append(http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  AppendRequestFields(record, framing, out);
  if (framing == Framing::kChunked) {
    AppendChunked(record.body, record.trailers, out);
  } else {
    out->append(record.body);
  }
  return true;
}

bool AppendHttp1Response(const Response& response, bool to_head, std::string* out) {
  if (response.status < 100 || response.status > 999 || !AreExpressible(response.headers) ||
      !AreExpressible(response.trailers)) {
    return false;
  }
  const bool bodiless = to_head || response.status == 204 || response.status == 304;
  const bool chunked = response.headers.Find("transfer-encoding").has_value();
  fmt::format_to(std::back_inserter(*out), "HTTP/1.1 {} \r\n", response.status);
  // A length that the body does not have is kept only where there can be no body: a reader that
  // believed it would take what follows for the rest.
  FramingFields framing_fields(chunked ? Framing::kChunked : Framing::kContentLength,
                               response.body.size());
  for (const FieldView field : response.headers) {
    if (!bodiless && framing_fields.Place(field, out)) continue;
    AppendField(field.name, field.value, out);
  }
  out->append(kLineEnd);
  if (bodiless) return true;
  if (chunked) {
    AppendChunked(response.body, response.trailers, out);
  } else {
    out->append(response.body);
  }
  return true;
}

}  // namespace shadowreel
