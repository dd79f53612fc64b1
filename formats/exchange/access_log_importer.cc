#include "formats/exchange/access_log_importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "formats/exchange/access_log_json.h"
#include "formats/exchange/imported_record.h"
#include "net/http/authority.h"

namespace shadowreel {
namespace {

const char* Parse(std::string_view line, LoggedRequest* logged) {
  return line.starts_with('{') ? ParseJsonLogLine(line, logged) : ParseLogLine(line, logged);
}

bool UsuallyHasBody(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

absl::StatusOr<std::unique_ptr<Importer>> MakeAccessLogImporter(ImportInput input) {
  const AccessLogOptions options{input.choices.authority, input.choices.seed};
  return std::unique_ptr<Importer>(std::make_unique<AccessLogImporter>(std::move(input), options));
}

bool LooksLikeAccessLog(std::string_view, std::string_view beginning) {
  const size_t begin = beginning.find_first_not_of("\r\n");
  if (begin == beginning.npos) return false;
  std::string_view line = beginning.substr(begin);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  LoggedRequest logged;
  return Parse(line, &logged) != kNotALogLine;
}

AccessLogImporter::AccessLogImporter(ImportInput input, const AccessLogOptions& options)
    : lines_(std::move(input.source), kMaxLineBytes),
      path_(std::move(input.path)),
      tally_(*input.tally),
      options_(options),
      spread_(options.seed) {}

std::string AccessLogImporter::Place() const {
  return fmt::format("{}: line {}", path_, lines_.line_number());
}

absl::StatusOr<bool> AccessLogImporter::Next(ImportedRequest* request) {
  while (!spread_.Next(request)) {
    if (ended_) return false;
    ASSIGN_OR_RETURN(const bool more, ReadOne());
    if (more) continue;
    ended_ = true;
    spread_.Finish();
    if (!found_line_) return UnusableError("{}: no line of it is of an access log", path_);
  }
  return true;
}

// False at the end.
absl::StatusOr<bool> AccessLogImporter::ReadOne() {
  std::string_view line;
  ASSIGN_OR_RETURN(const LineReader::Result result, lines_.Next(&line));
  if (result == LineReader::Result::kEnd) return false;
  if (result == LineReader::Result::kTooLong) {
    tally_.Add("a line over 1 MiB", Place());
    return true;
  }
  if (line.find_first_not_of(" \t") == line.npos) return true;
  const char* const problem = Import(line);
  found_line_ = found_line_ || problem != kNotALogLine;
  if (problem != nullptr) tally_.Add(problem, Place());
  return true;
}

const char* AccessLogImporter::Import(std::string_view line) {
  LoggedRequest logged;
  if (const char* const problem = Parse(line, &logged)) return problem;
  ImportedRequest request;
  Record& record = request.record;
  record.arrival = record.completed = logged.time.time;
  const std::optional<StatedVersion> version = ParseVersion(logged.version);
  if (version) record.version = version->version;
  record.authority = logged.authority.empty() ? options_.authority : logged.authority;
  if (const auto absolute = AuthorityOfTarget(logged.target)) record.authority = *absolute;
  record.method = logged.method;
  record.target = logged.target;
  record.peer = logged.peer;
  record.headers = logged.headers;
  if (const char* const problem = SettleRecord(&record).problem) return problem;
  if (logged.status > 0) {
    Response response;
    response.status = logged.status;
    response.truncated = logged.response_bytes > 0;
    if (logged.duration > Nanos(0)) {
      response.first_byte = response.completed = record.arrival + logged.duration;
    }
    if (const char* const problem = ProblemOf(response)) return problem;
    request.response = std::move(response);
  }
  if (version && version->is_http3) tally_.AddChange("HTTP/3, taken as HTTP/2", Place());
  CountChanges(logged);
  spread_.Add(std::move(request), logged.time.whole_second);
  return nullptr;
}

void AccessLogImporter::CountChanges(const LoggedRequest& logged) {
  const bool had_body = logged.body_bytes ? *logged.body_bytes > 0 : UsuallyHasBody(logged.method);
  if (had_body) tally_.AddChange("a body that is not in the log: imported without", Place());
  if (logged.time.whole_second) {
    tally_.AddChange("a time known to the second: spread within it by the seed", Place());
  }
}

}  // namespace shadowreel
