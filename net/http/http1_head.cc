#include "net/http/http1_head.h"

#include <charconv>

#include "net/http/token.h"

namespace shadowreel {
namespace {

bool IsWhiteSpace(char c) { return c == ' ' || c == '\t'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsWhiteSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsWhiteSpace(text.back())) text.remove_suffix(1);
  return text;
}

// What is wrong with a line that does not begin with a token and a colon.
const char* FieldLineProblem(std::string_view line) {
  if (!line.empty() && IsWhiteSpace(line.front())) return "a folded header line";
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "a header line without a colon";
  if (colon > 0 && IsWhiteSpace(line[colon - 1])) return "white space before a header's colon";
  return "not a header name";
}

bool ParseDigits(std::string_view text, uint64_t* value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end;
}

const char* NoteContentLength(std::string_view value, Http1Head* head) {
  if (head->framing == Http1Framing::kChunked) return "Content-Length with Transfer-Encoding";
  uint64_t length = 0;
  if (!ParseDigits(value, &length)) return "Content-Length is not a number";
  if (head->framing == Http1Framing::kContentLength) {
    return head->content_length == length ? "two equal Content-Lengths"
                                          : "two differing Content-Lengths";
  }
  head->content_length = length;
  head->framing = Http1Framing::kContentLength;
  return nullptr;
}

const char* NoteTransferEncoding(std::string_view value, Http1Head* head) {
  if (head->minor_version == 0) return "Transfer-Encoding in HTTP/1.0";
  if (head->framing == Http1Framing::kContentLength) return "Content-Length with Transfer-Encoding";
  if (head->framing == Http1Framing::kChunked) return "two Transfer-Encodings";
  if (!EqualsIgnoreCase(value, "chunked")) return "Transfer-Encoding other than chunked";
  head->framing = Http1Framing::kChunked;
  return nullptr;
}

}  // namespace

void Http1Head::Clear() {
  method.clear();
  target.clear();
  minor_version = 1;
  headers.Clear();
  framing = Http1Framing::kNone;
  content_length = 0;
  keep_alive = true;
  expect_continue = false;
}

const char* ParseRequestLine(std::string_view line, Http1Head* head) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return "not a request line";
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method)) return "not a method";
  if (target.empty() || target.find(' ') != target.npos || target.find('\t') != target.npos) {
    return "white space in the request target";
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return "a version other than HTTP/1.0 or 1.1";
  head->method.assign(method);
  head->target.assign(target);
  head->minor_version = version.back() - '0';
  return nullptr;
}

const char* ParseFieldLine(std::string_view line, Fields* fields) {
  const size_t length = TokenLength(line);
  if (length == 0 || length == line.size() || line[length] != ':') return FieldLineProblem(line);
  fields->Add(line.substr(0, length), Trim(line.substr(length + 1)));
  return nullptr;
}

const char* NoteLastField(Http1Head* head) {
  const FieldView field = head->headers[head->headers.size() - 1];
  if (EqualsIgnoreCase(field.name, "content-length")) return NoteContentLength(field.value, head);
  if (EqualsIgnoreCase(field.name, "transfer-encoding")) {
    return NoteTransferEncoding(field.value, head);
  }
  if (EqualsIgnoreCase(field.name, "host") && head->headers.Count("host") > 1) {
    return "two Host fields";
  }
  return nullptr;
}

const char* FinishFields(Http1Head* head) {
  if (head->minor_version == 0) return nullptr;
  if (!head->headers.Find("host")) return "no Host field";
  const bool has_body = head->framing == Http1Framing::kChunked || head->content_length > 0;
  const auto expect = head->headers.Find("expect");
  head->expect_continue = has_body && expect && EqualsIgnoreCase(*expect, "100-continue");
  return nullptr;
}

const char* CheckTrailers(const Fields& trailers) {
  for (const FieldView field : trailers) {
    if (EqualsIgnoreCase(field.name, "content-length") ||
        EqualsIgnoreCase(field.name, "transfer-encoding")) {
      return "a framing field among the trailers";
    }
  }
  return nullptr;
}

}  // namespace shadowreel
