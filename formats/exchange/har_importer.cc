#include "formats/exchange/har_importer.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "formats/base64.h"
#include "formats/exchange/calendar_time.h"
#include "formats/exchange/imported_record.h"
#include "formats/exchange/request_url.h"

namespace shadowreel {
namespace {

constexpr double kNanosPerMilli = 1e6;
constexpr double kLongestMillis = 1e9;  // eleven days; more is a mistake
constexpr double kLargestSize = 1e15;

// A duration of the file, 0 when it has none.
Nanos DurationOf(double millis) {
  if (!(millis > 0) || millis > kLongestMillis) return Nanos(0);
  return Nanos(std::llround(millis * kNanosPerMilli));
}

uint64_t SizeOf(double size) {
  return size > 0 && size < kLargestSize ? static_cast<uint64_t>(size) : 0;
}

// What stands among a HAR's headers of HTTP/2.
struct PseudoHeaders {
  std::string_view path;
  std::string_view authority;
  bool any = false;
  bool request_line = false;
};

// Copies the fields of the wire to `fields`. WebPageTest writes the request line as a header, too,
// cut at its first colon.
PseudoHeaders TakeHeaders(const Fields& headers, std::string_view method, Fields* fields) {
  PseudoHeaders pseudo;
  fields->Reserve(headers.size() + 1, headers.byte_size());
  for (const FieldView header : headers) {
    if (header.name.starts_with(method) && header.name.substr(method.size()).starts_with(' ')) {
      pseudo.request_line = true;
      continue;
    }
    if (!header.name.starts_with(':')) {
      fields->Add(header.name, TrimFieldValue(header.value));
      continue;
    }
    pseudo.any = true;
    if (header.name == ":path") pseudo.path = header.value;
    if (header.name == ":authority") pseudo.authority = header.value;
  }
  return pseudo;
}

// Browsers join a response's equal fields with line ends.
void AddLines(std::string_view name, std::string_view value, Fields* fields) {
  while (true) {
    const size_t end = value.find('\n');
    std::string_view line = value.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    fields->Add(name, TrimFieldValue(line));
    if (end == value.npos) return;
    value.remove_prefix(end + 1);
  }
}

bool IsForm(std::string_view mime_type) {
  return EqualsIgnoreCase(TrimFieldValue(mime_type.substr(0, mime_type.find(';'))),
                          "application/x-www-form-urlencoded");
}

// The size of the body that the request says it had, where it does.
uint64_t StatedBodySize(const HarEntry& entry, const Record& record) {
  if (const uint64_t size = SizeOf(entry.body_size); size > 0) return size;
  uint64_t length = 0;
  if (const auto value = record.headers.Find("content-length")) {
    std::from_chars(value->data(), value->data() + value->size(), length);
  }
  return SizeOf(static_cast<double>(length));
}

// Sets the body to `text`, decoded as `encoding` says; false when it cannot be.
bool SetBody(std::string text, std::string_view encoding, std::string* body) {
  if (!EqualsIgnoreCase(encoding, "base64")) {
    *body = std::move(text);
    return true;
  }
  std::optional<std::string> bytes = DecodeBase64(text);
  if (!bytes) return false;
  *body = *std::move(bytes);
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Importer>> MakeHarImporter(ImportInput input) {
  return std::unique_ptr<Importer>(std::make_unique<HarImporter>(std::move(input)));
}

bool LooksLikeHar(std::string_view path, std::string_view beginning) {
  if (path.ends_with(".har") || path.ends_with(".har.gz")) return true;
  if (beginning.starts_with("\xef\xbb\xbf")) beginning.remove_prefix(3);
  const auto pass = [&](std::string_view text) {
    const size_t begin = beginning.find_first_not_of(" \t\r\n");
    if (begin == beginning.npos || !beginning.substr(begin).starts_with(text)) return false;
    beginning.remove_prefix(begin + text.size());
    return true;
  };
  return pass("{") && pass("\"log\"") && pass(":") && pass("{");
}

HarImporter::HarImporter(ImportInput input)
    : scanner_(std::move(input.source), kMaxEntryBytes),
      path_(std::move(input.path)),
      tally_(*input.tally) {}

std::string HarImporter::Place() const { return fmt::format("{}: entry {}", path_, entry_ - 1); }

absl::StatusOr<bool> HarImporter::Next(ImportedRequest* request) {
  while (true) {
    std::string_view json;
    ASSIGN_OR_RETURN(const HarScanner::Result result, scanner_.Next(&json));
    if (!scanner_.found_entries() && result != HarScanner::Result::kEntry) {
      return UnusableError("{}: not a HAR file: {} at byte {}", path_,
                           scanner_.problem() != nullptr ? scanner_.problem() : "no log.entries",
                           scanner_.position());
    }
    switch (result) {
      case HarScanner::Result::kEntry:
        ++entry_;
        if (Convert(json, request)) return true;
        break;
      case HarScanner::Result::kTooLong:
        ++entry_;
        tally_.Add("an entry over 64 MiB", Place());
        break;
      case HarScanner::Result::kBroken:
        tally_.Add(fmt::format("the rest of the file: {}", scanner_.problem()),
                   fmt::format("{}: byte {}, after entry {}", path_, scanner_.position(), entry_));
        return false;
      case HarScanner::Result::kEnd:
        return false;
    }
  }
}

bool HarImporter::Convert(std::string_view json, ImportedRequest* request) {
  *request = ImportedRequest();
  HarEntry entry;
  const char* problem = ParseHarEntry(json, &entry);
  if (problem == nullptr) problem = ImportRequest(&entry, &request->record);
  if (problem != nullptr) {
    tally_.Add(problem, Place());
  } else {
    for (const char* const change : changes_) tally_.AddChange(change, Place());
    if (const char* const flaw = ImportResponse(&entry, request->record, request)) {
      tally_.AddChange(fmt::format("without its response: {}", flaw), Place());
    }
  }
  changes_.clear();
  return problem == nullptr;
}

const char* HarImporter::ImportRequest(HarEntry* entry, Record* record) {
  const std::optional<CalendarTime> started = ParseIsoTime(entry->started);
  if (!started) return "startedDateTime is not a time from 1970 to 2261";
  record->arrival = started->time;
  record->completed = started->time + DurationOf(entry->send_millis);
  RequestUrl url;
  if (const char* const problem = SplitUrl(entry->url, &url)) return problem;

  const PseudoHeaders pseudo = TakeHeaders(entry->headers, entry->method, &record->headers);
  if (pseudo.request_line) changes_.push_back("without the request line among its headers");
  record->method = std::move(entry->method);
  record->target = pseudo.path.empty() ? url.target : pseudo.path;
  if (record->target.empty()) record->target = record->method == "OPTIONS" ? '*' : '/';
  record->authority = url.authority;
  if (const auto host = record->headers.Find("host")) record->authority = *host;
  if (!pseudo.authority.empty()) record->authority = pseudo.authority;

  const std::optional<StatedVersion> version = ParseVersion(entry->version);
  if (version && version->is_http3) changes_.push_back("HTTP/3, taken as HTTP/2");
  const HttpVersion unstated = pseudo.any ? HttpVersion::kHttp2 : HttpVersion::kHttp11;
  record->version = version ? version->version : unstated;
  const std::string& connection = entry->connection;
  std::from_chars(connection.data(), connection.data() + connection.size(), record->connection);

  const char* problem = nullptr;
  ImportBody(entry, record, &problem);
  if (problem != nullptr) return problem;
  const Settled settled = SettleRecord(record);
  if (settled.problem == nullptr && settled.length_corrected) {
    changes_.push_back("Content-Length set to the body's length");
  }
  return settled.problem;
}

void HarImporter::ImportBody(HarEntry* entry, Record* record, const char** problem) {
  if (entry->text) {
    if (!SetBody(*std::move(entry->text), entry->encoding, &record->body)) {
      *problem = "a body that is not base64";
    }
    return;
  }
  if (entry->has_params && IsForm(entry->mime_type)) {
    record->body = std::move(entry->form);
    changes_.push_back("body made of the form's parameters");
    return;
  }
  record->wire_body_bytes = StatedBodySize(*entry, *record);
  record->truncated = record->wire_body_bytes > 0;
  if (record->truncated) {
    changes_.push_back("a body that is not in the file: the record is marked truncated");
  }
}

const char* HarImporter::ImportResponse(HarEntry* entry, const Record& record,
                                        ImportedRequest* request) {
  if (!(entry->status >= 1)) return nullptr;
  Response response;
  response.status = entry->status < 1000 ? static_cast<uint32_t>(entry->status) : 1000;
  for (const FieldView header : entry->response_headers) {
    if (!header.name.starts_with(':')) AddLines(header.name, header.value, &response.headers);
  }
  if (entry->content_text) {
    if (!SetBody(*std::move(entry->content_text), entry->content_encoding, &response.body)) {
      return "a response body that is not base64";
    }
  } else {
    response.truncated = SizeOf(entry->content_size) > 0;
  }
  if (const Nanos time = DurationOf(entry->time_millis); time > Nanos(0)) {
    response.completed = record.arrival + time;
    response.first_byte = response.completed - std::min(time, DurationOf(entry->receive_millis));
  }
  if (const char* const problem = ProblemOf(response)) return problem;
  request->response = std::move(response);
  return nullptr;
}

}  // namespace shadowreel
