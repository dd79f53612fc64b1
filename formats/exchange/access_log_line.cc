#include "formats/exchange/access_log_line.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace shadowreel {
namespace {

constexpr size_t kMaxColumns = 64;

bool IsNothing(std::string_view value) { return value.empty() || value == "-"; }

uint64_t NumberOf(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

struct Column {
  std::string text;
  bool quoted = false;
};

enum class Quoting {
  kEscaped,   // nginx, Apache: a backslash escapes
  kVerbatim,  // Envoy: nothing is escaped; a quote that ends a column stands before a space
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Appends what the escape at the front of `text`, a backslash, stands for; returns its length.
size_t AppendUnescaped(std::string_view text, std::string* out) {
  if (text.size() >= 4 && text[1] == 'x' && HexDigit(text[2]) >= 0 && HexDigit(text[3]) >= 0) {
    *out += static_cast<char>(HexDigit(text[2]) * 16 + HexDigit(text[3]));
    return 4;
  }
  if (text.size() < 2) {
    *out += text[0];
    return 1;
  }
  constexpr std::string_view kNames = "nrtbfv";
  constexpr std::string_view kBytes = "\n\r\t\b\f\v";
  const size_t named = kNames.find(text[1]);
  *out += named == kNames.npos ? text[1] : kBytes[named];
  return 2;
}

// Takes a quoted column, after its opening quote, off the front of `rest`; false without an end.
bool TakeQuoted(Quoting quoting, std::string_view* rest, std::string* out) {
  size_t at = 0;
  while (at < rest->size()) {
    const char c = (*rest)[at];
    const bool at_end = at + 1 == rest->size() || (*rest)[at + 1] == ' ';
    if (c == '"' && (quoting == Quoting::kEscaped || at_end)) {
      rest->remove_prefix(at + 1);
      return true;
    }
    if (c == '\\' && quoting == Quoting::kEscaped) {
      at += AppendUnescaped(rest->substr(at), out);
    } else {
      *out += c;
      ++at;
    }
  }
  return false;
}

// The columns of `rest`, divided by spaces; false when a quote has no end.
bool SplitColumns(std::string_view rest, Quoting quoting, std::vector<Column>* columns) {
  while (columns->size() < kMaxColumns) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.empty()) return true;
    Column column;
    if (rest.front() == '"') {
      rest.remove_prefix(1);
      column.quoted = true;
      if (!TakeQuoted(quoting, &rest, &column.text)) return false;
    } else {
      column.text = rest.substr(0, rest.find(' '));
      rest.remove_prefix(column.text.size());
    }
    columns->push_back(std::move(column));
  }
  return true;
}

// "shop.example:443", which Apache's vhost_combined has in front.
bool IsVirtualHost(std::string_view text) {
  const size_t colon = text.find(':');
  return colon != text.npos && colon > 0 && colon + 1 < text.size() &&
         std::all_of(text.begin() + colon + 1, text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

// The columns before the time: host, identity and user, which may hold spaces.
bool TakePrefix(std::string_view prefix, LoggedRequest* request) {
  std::vector<Column> columns;
  if (!SplitColumns(prefix, Quoting::kEscaped, &columns) || columns.size() < 3) return false;
  const bool has_host = columns.size() >= 4 && IsVirtualHost(columns[0].text);
  if (has_host) request->authority = columns[0].text;
  request->peer = columns[has_host ? 1 : 0].text;
  return true;
}

const char* ParseCommon(std::string_view line, LoggedRequest* request) {
  const size_t begin = line.find(" [");
  const size_t end = line.find(']', std::min(begin, line.size()));
  if (begin == line.npos || end == line.npos) return kNotALogLine;
  const std::optional<CalendarTime> time = ParseLogTime(line.substr(begin + 2, end - begin - 2));
  if (!TakePrefix(line.substr(0, begin), request)) return kNotALogLine;
  std::vector<Column> columns;
  if (!SplitColumns(line.substr(end + 1), Quoting::kEscaped, &columns)) return kNotALogLine;
  if (columns.size() < 3 || !columns[0].quoted || columns[1].quoted) return kNotALogLine;
  if (!time) return "a time that is none from 1970 to 2261";
  request->time = *time;
  request->status = static_cast<uint32_t>(std::min<uint64_t>(NumberOf(columns[1].text), 1000));
  request->response_bytes = NumberOf(columns[2].text);
  if (columns.size() >= 5 && columns[3].quoted && columns[4].quoted) {
    AddLoggedHeader("Referer", columns[3].text, request);
    AddLoggedHeader("User-Agent", columns[4].text, request);
  }
  return SplitRequestLine(columns[0].text, request);
}

// Where bytes received, bytes sent, duration and upstream time stand: four bare columns before a
// quoted one. Istio has more columns before them than Envoy.
size_t FindEnvoyNumbers(const std::vector<Column>& columns) {
  constexpr size_t kFirst = 3;  // after request, status and flags
  for (size_t at = kFirst; at + 8 < columns.size(); ++at) {
    const bool bare = std::none_of(columns.begin() + at, columns.begin() + at + 4,
                                   [](const Column& column) { return column.quoted; });
    const bool quoted = std::all_of(columns.begin() + at + 4, columns.begin() + at + 8,
                                    [](const Column& column) { return column.quoted; });
    if (bare && quoted) return at;
  }
  return columns.size();
}

const char* ParseEnvoy(std::string_view line, LoggedRequest* request) {
  const size_t end = line.find(']');
  if (end == line.npos) return kNotALogLine;
  const std::optional<CalendarTime> time = ParseIsoTime(line.substr(1, end - 1));
  std::vector<Column> columns;
  if (!SplitColumns(line.substr(end + 1), Quoting::kVerbatim, &columns)) return kNotALogLine;
  const size_t at = FindEnvoyNumbers(columns);
  if (at == columns.size() || !columns[0].quoted) return kNotALogLine;
  if (!time) return "a time that is none from 1970 to 2261";
  constexpr uint64_t kLongest = 1'000'000'000;  // ms; eleven days
  request->time = *time;
  request->status = static_cast<uint32_t>(std::min<uint64_t>(NumberOf(columns[1].text), 1000));
  request->body_bytes = NumberOf(columns[at].text);
  request->response_bytes = NumberOf(columns[at + 1].text);
  request->duration = std::chrono::milliseconds(std::min(NumberOf(columns[at + 2].text), kLongest));
  AddLoggedHeader("X-Forwarded-For", columns[at + 4].text, request);
  AddLoggedHeader("User-Agent", columns[at + 5].text, request);
  AddLoggedHeader("X-Request-Id", columns[at + 6].text, request);
  if (!IsNothing(columns[at + 7].text)) request->authority = columns[at + 7].text;
  return SplitRequestLine(columns[0].text, request);
}

}  // namespace

const char* ParseLogLine(std::string_view line, LoggedRequest* request) {
  return line.starts_with('[') ? ParseEnvoy(line, request) : ParseCommon(line, request);
}

const char* SplitRequestLine(std::string_view line, LoggedRequest* request) {
  const char* const problem = "a logged request line that is none";
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == line.npos || first == last) return problem;
  request->method = line.substr(0, first);
  request->target = line.substr(first + 1, last - first - 1);
  request->version = line.substr(last + 1);
  if (request->method == "-" || request->target == "-") return problem;
  return request->version.starts_with("HTTP/") ? nullptr : problem;
}

void AddLoggedHeader(std::string_view name, std::string_view value, LoggedRequest* request) {
  if (!IsNothing(value)) request->headers.Add(name, value);
}

}  // namespace shadowreel
