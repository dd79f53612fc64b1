#include "net/transport/curl_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "net/http/byte_set.h"
#include "net/http/field_value.h"
#include "net/http/fields.h"

namespace shadowreel {
namespace {

// Fields without a value keep libcurl from adding its own. They stand first: libcurl looks at the
// first of a name, so that a recorded "Expect: 100-continue" is sent and not waited upon.
constexpr const char* kSuppressed[] = {"Accept:", "Content-Type:", "Expect:"};

constexpr ByteSet kNameBytes =
    ByteSet::Where([](unsigned char c) { return c > 0x20 && c != 0x7f && c != ':' && c != ';'; });
constexpr ByteSet kTargetBytes = ByteSet::Where([](unsigned char c) { return c > 0x20; });

bool IsName(std::string_view name) { return !name.empty() && kNameBytes.HoldsAllOf(name); }

bool IsBlank(std::string_view value) {
  return value.find_first_not_of(" \t\v\f") == std::string_view::npos;
}

std::string WhyNotField(FieldView field) {
  if (!IsName(field.name)) return "not expressible: a field name that is no token";
  if (!IsFieldValue(field.value)) {
    return "not expressible: CR, LF or NUL in a field value";
  }
  return "";
}

bool IsHead(const OutboundRequest& request) { return request.method == "HEAD"; }

bool IsLengthOf(std::string_view said, const std::string& body) {
  uint64_t value = 0;
  const char* const end = said.data() + said.size();
  const auto [stop, error] = std::from_chars(said.data(), end, value);
  return error == std::errc() && stop == end && value == body.size();
}

// What the fields say of the framing, and whether there is a Host.
struct FramingFields {
  bool host = false;
  bool coded = false;
  size_t lengths = 0;
  std::string_view length;  // the first

  void See(FieldView field) {
    if (EqualsIgnoreCase(field.name, "Host")) {
      host = true;
    } else if (EqualsIgnoreCase(field.name, "Transfer-Encoding")) {
      coded = true;
    } else if (EqualsIgnoreCase(field.name, "Content-Length")) {
      if (lengths++ == 0) length = field.value;
    }
  }
};

// A wrong length would make the target take one request's bytes for another's.
std::string WhyNotFraming(const OutboundRequest& request, const FramingFields& fields) {
  if (IsHead(request) && (request.chunked || !request.body.empty())) {
    return "not expressible: HEAD with a body";  // libcurl drops it, or waits for one in return
  }
  if (fields.lengths > 1) return "not expressible: two Content-Lengths";
  if (request.chunked) {
    if (request.http10) return "not expressible: chunked in HTTP/1.0";
    if (fields.lengths > 0) return "not expressible: Content-Length beside chunked";
    return "";
  }
  if (fields.coded) return "not expressible: Transfer-Encoding without chunked";
  if (!request.trailers.empty()) return "not expressible: trailers without chunked";
  if (fields.lengths > 0 && !IsLengthOf(fields.length, request.body)) {
    return "not expressible: a Content-Length that is not the body's";
  }
  return "";
}

std::string WhyNotStart(const OutboundRequest& request) {
  if (!IsName(request.method)) return "not expressible: a method that is no token";
  if (request.target.empty() || !kTargetBytes.HoldsAllOf(request.target)) {
    return "not expressible: a target with white space or control bytes";
  }
  return "";
}

template <typename Value>
void Set(CURL* easy, CURLoption option, Value value) {
  CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

}  // namespace

// One pass over the headers looks at and takes each.
std::string CurlRequest::Take(OutboundRequest&& request) {
  request_ = std::move(request);
  body_read_ = 0;
  if (std::string why = WhyNotStart(request_); !why.empty()) return why;
  lines_.clear();
  line_begins_.clear();
  FramingFields framing;
  for (const FieldView field : request_.headers) {
    if (std::string why = WhyNotField(field); !why.empty()) return why;
    framing.See(field);
    AddLine(field.name, field.value);
  }
  for (const FieldView field : request_.trailers) {
    if (std::string why = WhyNotField(field); !why.empty()) return why;
  }
  if (std::string why = WhyNotFraming(request_, framing); !why.empty()) return why;
  if (request_.chunked && !framing.coded) AddLine("Transfer-Encoding", "chunked");
  if (!framing.host) {  // HTTP/1.0: no Host, and none of libcurl's
    line_begins_.push_back(lines_.size());
    lines_.append("Host:").push_back('\0');
  }
  LinkLines();
  return "";
}

void CurlRequest::AddLine(std::string_view name, std::string_view value) {
  line_begins_.push_back(lines_.size());
  lines_.append(name);
  // "Name:" would take the field out; "Name;" sends it with an empty value.
  if (IsBlank(value)) {
    lines_.push_back(';');
  } else {
    lines_.append(": ").append(value);
  }
  lines_.push_back('\0');
}

void CurlRequest::LinkLines() {
  list_.clear();
  for (const char* suppressed : kSuppressed) {
    list_.push_back({const_cast<char*>(suppressed), nullptr});  // libcurl only reads it
  }
  for (const size_t begin : line_begins_) list_.push_back({lines_.data() + begin, nullptr});
  for (size_t i = 0; i + 1 < list_.size(); ++i) list_[i].next = &list_[i + 1];
}

void CurlRequest::InstallOn(CURL* easy) {
  Set(easy, CURLOPT_READFUNCTION, &CurlRequest::Read);
  Set(easy, CURLOPT_READDATA, this);
  Set(easy, CURLOPT_SEEKFUNCTION, &CurlRequest::Seek);
  Set(easy, CURLOPT_SEEKDATA, this);
}

void CurlRequest::ApplyTo(CURL* easy) {
  Set(easy, CURLOPT_REQUEST_TARGET, request_.target.c_str());
  Set(easy, CURLOPT_HTTPHEADER, list_.data());
  Set(easy, CURLOPT_HTTP_VERSION,
      static_cast<long>(request_.http10 ? CURL_HTTP_VERSION_1_0 : CURL_HTTP_VERSION_1_1));
  ApplyBody(easy);
  Set(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

// HTTPGET first: it takes back what the request before has set.
void CurlRequest::ApplyBody(CURL* easy) {
  Set(easy, CURLOPT_HTTPGET, 1L);
  if (request_.chunked) {
    Set(easy, CURLOPT_UPLOAD, 1L);
    if (has_trailers()) ApplyTrailers(easy);
  } else if (IsHead(request_)) {
    Set(easy, CURLOPT_NOBODY, 1L);
  } else if (!request_.body.empty()) {
    Set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    Set(easy, CURLOPT_POSTFIELDS, request_.body.data());
  }
}

// libcurl 7.88 never leaves the state in which trailers were sent, and would write the next chunked
// body outside its buffer: when the handle is used again, and when it sends again because a reused
// connection was dead. So the connection must be a new one, and the owner discards the handle.
void CurlRequest::ApplyTrailers(CURL* easy) {
  Set(easy, CURLOPT_TRAILERFUNCTION, &CurlRequest::Trailers);
  Set(easy, CURLOPT_TRAILERDATA, this);
  Set(easy, CURLOPT_FRESH_CONNECT, 1L);
}

size_t CurlRequest::Read(char* out, size_t size, size_t count, void* self) {
  auto* request = static_cast<CurlRequest*>(self);
  const std::string_view rest =
      std::string_view(request->request_.body).substr(request->body_read_);
  const size_t length = std::min(rest.size(), size * count);
  std::memcpy(out, rest.data(), length);
  request->body_read_ += length;
  return length;
}

// libcurl goes back to the start when it sends again on a new connection.
int CurlRequest::Seek(void* self, curl_off_t offset, int origin) {
  auto* request = static_cast<CurlRequest*>(self);
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  request->body_read_ = std::min(static_cast<size_t>(offset), request->request_.body.size());
  return CURL_SEEKFUNC_OK;
}

// libcurl frees the list.
int CurlRequest::Trailers(curl_slist** out, void* self) {
  for (const FieldView field : static_cast<CurlRequest*>(self)->request_.trailers) {
    const std::string line = fmt::format("{}: {}", field.name, field.value);
    curl_slist* const longer = curl_slist_append(*out, line.c_str());
    if (longer == nullptr) return CURL_TRAILERFUNC_ABORT;
    *out = longer;
  }
  return CURL_TRAILERFUNC_OK;
}

}  // namespace shadowreel
